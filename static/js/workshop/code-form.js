/** To join a workshop by its six characters. They are looked at once all six are there; what was typed stays. */
import { html, LitElement } from "lit";
import { _ } from "../i18n.js";
import { isRefusal, lookAt } from "./http.js";

const LENGTH = 6;

class CodeForm extends LitElement {
  static properties = { refusal: { state: true }, busy: { state: true } };

  constructor() {
    super();
    this.refusal = "";
    this.busy = false;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  render() {
    return html`<form class="door" data-testid="code-form" @submit=${this.#submit}>
      <h2>${_("Join a workshop")}</h2>
      <label class="door-field"><span>${_("The code on the wall")}</span>
        <input name="code" class="code-field" data-testid="code" required maxlength="16" autocomplete="off" autocapitalize="characters" spellcheck="false"
          placeholder="KX4 7QP" aria-invalid=${this.refusal ? "true" : "false"} aria-describedby="code-refusal" @input=${this.#typed} /></label>
      <p class="door-refusal" role="alert" id="code-refusal" data-testid="code-refusal">${this.refusal}</p>
      <button class="primary" data-testid="go-to-code" ?disabled=${this.busy}>${_("Join")}</button>
    </form>`;
  }

  /** Who has typed all of it need not press anything. @param {InputEvent} event */
  #typed = (event) => {
    this.refusal = "";
    const typed = charactersOf(/** @type {HTMLInputElement} */ (event.target).value);
    const wasTyped = event.inputType?.startsWith("insert");
    if (typed.length === LENGTH && wasTyped) void this.#look(typed);
  };

  /** @param {SubmitEvent} event */
  #submit = (event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    void this.#look(charactersOf(String(fields.get("code") ?? "")));
  };

  /** @param {string} code */
  async #look(code) {
    if (this.busy) return;
    if (code.length !== LENGTH) {
      this.refusal = _("A code has six letters and digits.");
      return;
    }
    this.busy = true;
    const answer = await lookAt(code);
    this.busy = false;
    if (isRefusal(answer)) this.refusal = answer.message;
    else location.assign(`/r/${answer.code}`);
  }
}

/** @param {string} typed */
function charactersOf(typed) {
  return typed.replace(/[\s·•.-]/g, "").toUpperCase();
}

customElements.define("code-form", CodeForm);
