/** A pad in the Studio, opened when it is wanted: what reads and draws there is fetched then. */
import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

class StudioSketch extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["manifest"];

  static properties = { open: { type: Boolean, reflect: true }, ready: { state: true } };

  constructor() {
    super();
    this.open = false;
    this.ready = false;
  }

  /** @override */
  render() {
    const noDigits = store.state.manifest !== null && store.state.manifest.image_shape === null;
    this.toggleAttribute("hidden", noDigits && !this.open);
    return html`<section class="studio-sketch" aria-labelledby="sketch-title">
      <header>
        <h2 id="sketch-title">${_("Your own digit")}</h2>
        <button class="toggle" data-testid="open-sketch" aria-expanded=${this.open} @click=${() => void this.#toggle()}>${this.open ? _("close") : _("draw")}</button>
      </header>
      ${this.open && this.ready ? html`<live-sketch></live-sketch>` : nothing}
    </section>`;
  }

  async #toggle() {
    this.open = !this.open;
    if (!this.open || this.ready) return;
    await import("../reading/live-sketch.js");
    this.ready = true;
  }
}

customElements.define("studio-sketch", StudioSketch);
