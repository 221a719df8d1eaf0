/** Which of a network's numbers the picture shows: activations, gradients, weights or updates. */
import { html } from "lit";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

/** @typedef {import("../store.js").Lens} Lens */

/** @type {readonly Lens[]} */
const ORDER = ["activations", "gradients", "weights", "updates"];
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

class LensSwitch extends Panel {
  /** @type {readonly (keyof import("../store.js").State)[]} */
  static watches = ["lens"];

  /** @override */
  render() {
    const { lens } = store.state;
    return html`
      <div class="lens-group" role="radiogroup" aria-label=${_("What the picture shows")} @keydown=${this.#onKey}>
        ${ORDER.map((one) => {
          const { name, title } = words(one);
          return html`<button
            type="button"
            role="radio"
            class="lens"
            data-lens=${one}
            data-testid=${`lens-${one}`}
            aria-checked=${one === lens ? "true" : "false"}
            tabindex=${one === lens ? 0 : -1}
            title=${title}
            @click=${() => store.set({ lens: one })}
          >
            ${name}
          </button>`;
        })}
      </div>
    `;
  }

  /** @param {KeyboardEvent} event */
  #onKey = async (event) => {
    const by = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const at = ORDER.indexOf(store.state.lens);
    const lens = ORDER[(at + by + ORDER.length) % ORDER.length] ?? "gradients";
    store.set({ lens });
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector(`[data-lens="${lens}"]`))?.focus();
  };
}

/** @param {Lens} lens */
function words(lens) {
  switch (lens) {
    case "activations":
      return { name: _("Activations"), title: _("Forward: what each unit answers to the shown example") };
    case "gradients":
      return { name: _("Gradients"), title: _("Backward: how the loss would change with each number") };
    case "weights":
      return { name: _("Weights"), title: _("What has been learned so far") };
    case "updates":
      return { name: _("Updates"), title: _("What the last step added to the weights") };
  }
}

customElements.define("lens-switch", LensSwitch);
