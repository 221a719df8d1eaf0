/**
 * The door of one workshop: who hosts it, how many are there, one field for a name. Who has a seat goes straight in; only the
 * way over the head of the page (#seat) stops here, to look at one's seat or to give it up.
 */
import { html, LitElement, nothing } from "lit";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import "./code-form.js";
import { isRefusal, lookAt, takeSeat } from "./http.js";
import { CODE, forgetSeat, keepSeat, lastName, seatIn } from "./seat.js";
import { spacedCode, unkept } from "./words.js";

const MOST_NAME = 40;

class JoinDoor extends LitElement {
  static properties = { known: { state: true }, missing: { state: true }, refusal: { state: true }, busy: { state: true }, seat: { state: true } };

  constructor() {
    super();
    /** @type {import("./http.js").Known | null} */
    this.known = null;
    /** Why there is nothing to join. @type {import("./http.js").Refusal | null} */
    this.missing = CODE ? null : { code: "no_such_workshop", message: _("There is no workshop with this code. Look at the code again.") };
    this.refusal = "";
    this.busy = false;
    this.seat = seatIn(CODE);
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    if (this.seat && location.hash !== "#seat") location.replace(wayIn(this.seat.role));
    else if (CODE) void this.#look();
  }

  #look = async () => {
    const answer = await lookAt(CODE);
    this.missing = isRefusal(answer) ? answer : null;
    this.known = isRefusal(answer) ? null : answer;
    await this.updateComplete;
    if (matchMedia("(pointer: fine)").matches) this.querySelector("input")?.focus();
  };

  /** @override */
  render() {
    if (this.missing) return this.#nothingHere(this.missing);
    if (!this.known) return html`<div class="door waiting" aria-hidden="true"></div>`;
    if (this.seat) return this.#seatHere(this.seat, this.known);
    return this.known.locked ? this.#closed(this.known) : this.#open(this.known);
  }

  /** @param {import("./http.js").Known} known */
  #open(known) {
    return html`<form class="door" data-testid="join" @submit=${this.#submit}>
      ${head(known)}
      <label class="door-field"><span>${_("Your name")}</span>
        <input name="name" data-testid="name" required maxlength=${MOST_NAME} autocomplete="off" value=${lastName()}
          aria-invalid=${this.refusal ? "true" : "false"} aria-describedby="join-refusal" @input=${() => (this.refusal = "")} />
        <small>${_("As the host shall see it. No account, nothing else is asked.")}</small></label>
      <p class="door-refusal" role="alert" id="join-refusal" data-testid="join-refusal">${this.refusal}</p>
      <button class="primary" data-testid="join-workshop" ?disabled=${this.busy}>${_("Join")}</button>
    </form>`;
  }

  /** @param {import("./http.js").Known} known */
  #closed(known) {
    return html`<section class="door" data-testid="closed-door">
      ${head(known)}
      <svg class="door-picture" aria-hidden="true"><use href="#symbol-locked"></use></svg>
      <p class="door-words">${_("{name} has closed the door. Ask to be let in, then try again.", { name: known.host })}</p>
      <button class="primary" data-testid="try-door" @click=${this.#look}>${_("Try again")}</button>
    </section>`;
  }

  /** @param {import("./seat.js").Seat} seat @param {import("./http.js").Known} known */
  #seatHere(seat, known) {
    return html`<section class="door" data-testid="seat-here">
      ${head(known)}
      <p class="door-words">${seat.role === "host" ? _("You are here as {name}, the host.", { name: seat.name }) : _("You are here as {name}.", { name: seat.name })}</p>
      <a class="button primary" data-testid="go-in" href=${wayIn(seat.role)}>${seat.role === "host" ? _("To the class") : _("To the network")}</a>
      <button class="quiet" data-testid="leave-seat" @click=${this.#leave}>${_("Not {name}? Join anew", { name: seat.name })}</button>
    </section>`;
  }

  /** @param {import("./http.js").Refusal} missing */
  #nothingHere({ code, message }) {
    return html`<div role="alert"><h1 class="door-wrong" data-testid="no-workshop">${message}</h1></div>
      ${code === "not_connected" || code === "too_many_attempts"
        ? html`<div class="door"><button class="primary" data-testid="try-door" @click=${this.#look}>${_("Try again")}</button></div>`
        : html`<code-form></code-form>`}`;
  }

  /** @param {SubmitEvent} event */
  #submit = async (event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.busy = true;
    const answer = await takeSeat(CODE, String(fields.get("name") ?? ""));
    this.busy = false;
    if (!isRefusal(answer)) {
      if (keepSeat(answer)) location.assign(wayIn(answer.role));
      else this.refusal = unkept().message;
    } else if (answer.code === "workshop_locked") void this.#look();
    else if (answer.code === "no_such_workshop") this.missing = answer;
    else this.refusal = answer.message;
  };

  #leave = () => {
    forgetSeat(CODE);
    this.seat = null;
  };
}

/** @param {import("./http.js").Known} known */
function head({ code, host, members }) {
  const here = ngettext("{count} member is here", "{count} members are here", members, { count: integer(members) });
  return html`<p class="door-code" data-testid="door-code">${spacedCode(code)}</p>
    <h1 data-testid="door-host">${_("{name}’s workshop", { name: host })}</h1>
    ${members > 0 ? html`<p class="door-words" data-testid="door-members">${here}</p>` : nothing}`;
}

/** @param {string} role */
function wayIn(role) {
  return role === "host" ? `/r/${CODE}/host` : `/r/${CODE}/studio`;
}

customElements.define("join-door", JoinDoor);
