/** Dark or light, remembered. */
import { html } from "lit";
import { _ } from "../i18n.js";
import { invalidate } from "../paint.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

class ThemeSwitch extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["theme"];

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    store.set({ theme: document.documentElement.dataset.theme === "light" ? "light" : "dark" });
  }

  /** @override */
  render() {
    const name = store.state.theme === "dark" ? _("Light theme") : _("Dark theme");
    return html`<button class="quiet icon" data-testid="theme" aria-label=${name} title=${name} @click=${this.#toggle}>
      <svg aria-hidden="true"><use href="#symbol-theme"></use></svg>
    </button>`;
  }

  #toggle() {
    const theme = store.state.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // not remembered
    }
    store.set({ theme });
    invalidate();
  }
}

customElements.define("theme-switch", ThemeSwitch);
