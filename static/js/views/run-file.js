/** The run as a file: taken home as safetensors, with PyTorch's names and layout, and brought back. */
import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { authority, download } from "../workshop/download.js";
import { CODE } from "../workshop/seat.js";
import { steers } from "../workshop/steering.js";

class RunFile extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["manifest", "connection", "seat"];

  /** @override */
  static properties = { said: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** @type {{ text: string, refused: boolean } | null} */
    this.said = null;
    this.busy = false;
  }

  /** @override */
  render() {
    const { manifest, connection } = store.state;
    if (!manifest) return nothing;
    const address = `/api/rooms/${manifest.run}/checkpoint`;
    const off = this.busy || connection.phase !== "live" || !steers();
    const words = _("As safetensors, with PyTorch’s names: weights, optimizer and set-up, as they are now");
    return html`<section class="run-file" aria-label=${_("The run as a file")}>
      ${CODE
        ? html`<button class="quiet" data-testid="save-run" ?disabled=${off} title=${words} @click=${() => this.#save(address)}>${_("Save the run")}</button>`
        : html`<a class="button quiet" data-testid="save-run" href=${address} download title=${words}>${_("Save the run")}</a>`}
      <button class="quiet" data-testid="load-run" ?disabled=${off} @click=${this.#choose}
        title=${_("Replaces this run by one that was saved; it stands where it was saved")}>${_("Load a run…")}</button>
      <input type="file" accept=".safetensors" class="visually-hidden" tabindex="-1" aria-hidden="true" data-testid="run-file"
        @change=${(/** @type {Event} */ event) => this.#load(address, /** @type {HTMLInputElement} */ (event.target))}>
      <p role="status" class=${this.said?.refused ? "refusal" : ""} data-testid="run-file-said">${this.said?.text ?? ""}</p>
    </section>`;
  }

  /** In a workshop a file is given to whom it belongs, and a link can't say who asks. @param {string} address */
  async #save(address) {
    this.busy = true;
    const saved = await download(address, "run.safetensors");
    this.said = saved ? null : { text: _("The run could not be saved as a file. Try again in a moment."), refused: true };
    this.busy = false;
  }

  #choose() {
    /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=file]"))?.click();
  }

  /**
   * @param {string} address
   * @param {HTMLInputElement} input
   */
  async #load(address, input) {
    const file = input.files?.[0];
    input.value = ""; // the same file may be chosen again
    if (!file) return;
    this.busy = true;
    this.said = { text: _("Loading {name}…", { name: file.name }), refused: false };
    try {
      const answer = await fetch(address, { method: "POST", body: file, headers: authority() });
      const refusal = answer.ok ? null : /** @type {{ message: string }} */ (await answer.json());
      this.said = refusal ? { text: refusal.message, refused: true } : { text: _("{name} is loaded.", { name: file.name }), refused: false };
    } catch {
      this.said = { text: _("The file could not be sent. Try again in a moment."), refused: true };
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("run-file", RunFile);
