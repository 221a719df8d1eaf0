/** The button that opens the run's next step, and the dialog one walks through it in. What draws it is fetched then. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { steers, whyNot } from "../workshop/steering.js";

class OpenedStep extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["run", "connection", "theme", "manifest", "seat", "workshop"];

  /** @type {typeof import("../opened/panel.js") | null} */
  #drawing = null;
  /** @type {import("../opened/walk.js").Walk | null} */
  #walk = null;
  #opening = false;
  #live = false;
  #resized = () => this.#walk && this.requestUpdate();

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    addEventListener("resize", this.#resized);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("resize", this.#resized);
  }

  /** What was refused because the link was lost is asked for once more when it is back. @override */
  willUpdate() {
    const live = store.state.connection.phase === "live";
    if (live && !this.#live) this.#walk?.asking.tryAgain();
    this.#live = live;
  }

  /** @override */
  render() {
    const { run, connection } = store.state;
    const off = connection.phase !== "live" || !run || run.status === "diverged" || run.status === "failed" || this.#opening || !steers();
    return html`<button class="open-step" data-testid="open-step" ?disabled=${off}
        title=${whyNot() || _("Make the next step apart from the run, and look at everything in it")} @click=${() => void this.#open()}>
        ${this.#opening ? _("Opening…") : _("Open this step")}
      </button>
      <dialog class="opened-dialog" aria-labelledby="opened-title" data-testid="opened" @close=${this.#closed} @keydown=${this.#key}>
        ${this.#walk && this.#drawing
          ? this.#drawing.panel(this.#walk, { close: () => this.querySelector("dialog")?.close(), again: () => void this.#open() })
          : nothing}
      </dialog>`;
  }

  async #open() {
    if (this.#opening) return;
    this.#opening = true;
    this.requestUpdate();
    const [drawing, reply] = await Promise.all([import("../opened/panel.js"), send({ type: "open_step" })]);
    this.#opening = false;
    const { manifest, run } = store.state;
    if (reply.type === "opened" && manifest && run) {
      const before = this.#walk;
      const walk = new drawing.Walk(reply, manifest, run.spec, () => this.#walk === walk && this.requestUpdate());
      if (before?.manifest.id === manifest.id) Object.assign(walk, { at: before.at, weight: before.weight });
      this.#drawing = drawing;
      this.#walk = walk;
      if (before?.manifest.id !== manifest.id) void walk.begin();
    }
    this.requestUpdate();
    await this.updateComplete;
    const dialog = this.querySelector("dialog");
    if (reply.type === "opened" && dialog && !dialog.open) dialog.showModal();
  }

  #closed() {
    this.#walk = null;
    this.requestUpdate();
  }

  /** Arrow keys walk, unless they are needed where the focus is. @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#walk || !this.#drawing || /** @type {HTMLElement} */ (event.target).closest("input, select")) return;
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#drawing.go(this.#walk, this.#walk.at + way);
  }
}

customElements.define("opened-step", OpenedStep);
