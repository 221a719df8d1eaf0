/** What the keys do, and a switch for those who don't want them. */
import { html } from "lit";
import { shortcuts } from "../keyboard.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";

class HelpDialog extends Panel {
  #open = () => {
    const dialog = this.querySelector("dialog");
    if (!dialog || dialog.open) return;
    // Closing leads back to what had the focus: to nothing it would do so only some time later, and swallow keys until then.
    if (document.activeElement === document.body) document.querySelector("main")?.focus({ preventScroll: true });
    dialog.showModal();
  };

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("help", this.#open);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("help", this.#open);
  }

  /** @override */
  render() {
    return html`<button
        class="quiet icon"
        data-testid="help"
        aria-label=${_("Help")}
        title=${_("Help")}
        @click=${this.#open}
      >
        ?
      </button>
      <dialog aria-labelledby="help-title" data-testid="help-dialog" @click=${this.#closeOutside}>
        <section class="help">
          <header>
            <h2 id="help-title">${_("Keyboard")}</h2>
            <button class="quiet icon" aria-label=${_("Close")} @click=${this.#close}>
              <svg aria-hidden="true"><use href="#symbol-close"></use></svg>
            </button>
          </header>
          <dl>
            ${keys().map(
              ([names, meaning]) => html`<div>
                <dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt>
                <dd>${meaning}</dd>
              </div>`,
            )}
          </dl>
          <label class="check">
            <input type="checkbox" data-testid="shortcuts" .checked=${shortcuts.on} @change=${this.#switch} />
            ${_("Use single-key shortcuts on this page")}
          </label>
          <p class="note">
            ${_(
              "Every number on this page is measured on the run that trains on the server. What is not computed yet is hatched.",
            )}
          </p>
        </section>
      </dialog>`;
  }

  #close() {
    this.querySelector("dialog")?.close();
  }

  /** @param {MouseEvent} event */
  #closeOutside(event) {
    if (event.target === event.currentTarget) this.#close();
  }

  /** @param {Event} event */
  #switch(event) {
    shortcuts.on = /** @type {HTMLInputElement} */ (event.target).checked;
  }
}

/** @returns {[string[], string][]} */
function keys() {
  return [
    [[_("Space")], _("play or pause")],
    [[".", "→"], _("one step: train on one minibatch")],
    [["R"], _("reset: the same seed from step 0")],
    [["L"], _("the next lens: activations, gradients, weights, updates")],
    [["Tab"], _("to the network, then arrow keys from unit to unit")],
    [["Esc"], _("close what is open")],
    [["?"], _("this list")],
  ];
}

customElements.define("help-dialog", HelpDialog);
