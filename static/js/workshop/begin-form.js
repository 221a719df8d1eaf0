/** To begin a workshop: a name, and the host key where the server wants one. */
import { html, LitElement, nothing } from "lit";
import { _ } from "../i18n.js";
import { askDoor, beginWorkshop, isRefusal } from "./http.js";
import { keepSeat, lastName } from "./seat.js";
import { unkept } from "./words.js";

const MOST_NAME = 40;

class BeginForm extends LitElement {
  static properties = { refusal: { state: true }, busy: { state: true }, needsKey: { state: true } };

  /** That came in the address; it is in nobody's history. */
  #key = keyOfAddress();

  constructor() {
    super();
    /** @type {import("./http.js").Refusal | null} */
    this.refusal = null;
    this.busy = false;
    this.needsKey = false;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void askDoor().then((door) => {
      if (isRefusal(door)) this.refusal = door;
      else this.needsKey = door.needs_key;
    });
  }

  /** @override */
  render() {
    const wrongKey = this.refusal?.code === "wrong_key";
    return html`<form class="door" data-testid="begin" @submit=${this.#submit}>
      <h2>${_("Begin a workshop")}</h2>
      <p class="door-words">${_("You get a code for the wall. Everyone who joins sees your run, your lens and your pauses; they may fork it when you let them.")}</p>
      <label class="door-field"><span>${_("Your name")}</span>
        <input name="name" data-testid="host-name" required maxlength=${MOST_NAME} autocomplete="off" value=${lastName()} /></label>
      ${this.needsKey && (!this.#key || wrongKey)
        ? html`<label class="door-field"><span>${_("Host key")}</span>
            <input name="key" data-testid="host-key" required maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" />
            <small>${_("It was printed where the server was started.")}</small></label>`
        : nothing}
      <p class="door-refusal" role="alert" data-testid="begin-refusal">${this.refusal?.message ?? ""}</p>
      <button class="primary" data-testid="begin-workshop" ?disabled=${this.busy}>${_("Begin")}</button>
    </form>`;
  }

  /** @param {SubmitEvent} event */
  #submit = async (event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.busy = true;
    const answer = await beginWorkshop(String(fields.get("name") ?? ""), String(fields.get("key") ?? this.#key));
    this.busy = false;
    if (isRefusal(answer)) this.refusal = answer;
    else if (!keepSeat(answer)) this.refusal = unkept();
    else location.assign(`/r/${answer.code}/host`);
  };
}

/** Takes #key=… out of the address at once, so that it is on no screen and in no history. */
function keyOfAddress() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key") ?? "";
  if (key) history.replaceState(null, "", location.pathname + location.search);
  return key;
}

customElements.define("begin-form", BeginForm);
