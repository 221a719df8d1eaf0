/** The host's hand on the whole class: follow or explore, the door, what is presented, the end; and the class in numbers. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { present } from "./presenting.js";
import "./take-home.js";
import { accuracies, median, Pace } from "./standings.js";

class ClassBar extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["members", "workshop", "seat", "connection", "hostView", "vote", "contest"];

  /** @override @type {typeof Panel.urgent} */
  static urgent = ["workshop", "seat", "hostView", "vote", "contest"];

  /** @override */
  static rate = 2;

  #pace = new Pace();
  /** @type {(() => void) | null} */
  #end = null;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#end = store.subscribe(["members"], () => this.#pace.take(store.state.members.values(), performance.now()));
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end?.();
  }

  /** @override */
  render() {
    const { workshop, seat, connection } = store.state;
    if (!workshop || seat?.person.role !== "host") return html`<div class="class-bar"></div>`;
    const off = connection.phase !== "live";
    const { mode, locked, presented } = workshop;
    const door = locked ? _("The door is closed: nobody new comes in. Open it") : _("Close the door: nobody new comes in");
    return html`<div class="class-bar" role="region" aria-label=${_("The class")}>
      <div class="class-mode" role="group" aria-label=${_("What members may do")}>
        <button class=${mode === "follow" ? "primary" : ""} data-testid="mode-follow" aria-pressed=${mode === "follow" ? "true" : "false"} ?disabled=${off}
          @click=${() => send({ type: "set_mode", mode: "follow" })}>${_("Everyone follows me")}</button>
        <button class=${mode === "explore" ? "primary" : ""} data-testid="mode-explore" aria-pressed=${mode === "explore" ? "true" : "false"} ?disabled=${off}
          @click=${() => send({ type: "set_mode", mode: "explore" })}>${_("Let them explore")}</button>
      </div>
      ${this.#together()}
      ${this.#figures()}
      <div class="class-ends">
        <button class="icon" data-testid="lock" aria-pressed=${locked ? "true" : "false"} aria-label=${door} title=${door} ?disabled=${off}
          @click=${() => send({ type: "lock", locked: !locked })}><svg aria-hidden="true"><use href="#symbol-${locked ? "locked" : "unlocked"}"></use></svg></button>
        <button data-testid="present" aria-pressed=${presented ? "true" : "false"} ?disabled=${off}
          title=${_("Those who follow see the lens and the unit that you look at")} @click=${() => present(!presented)}>${presented ? _("Presenting") : _("Present")}</button>
        <button data-testid="close" ?disabled=${off} @click=${() => this.querySelector("dialog")?.showModal()}>${_("Close")}</button>
      </div>
      ${this.#closing()}
    </div>`;
  }

  /** What all do together: each fills the page, and is marked while it goes on. */
  #together() {
    const { workshop, vote, contest, hostView } = store.state;
    /** @type {[string, string, boolean][]} */
    const all = [
      ["question", _("Ask a question"), vote !== null],
      ["wall", _("Drawing wall"), workshop?.wall.open ?? false],
      ["contest", _("Challenge"), contest?.open ?? false],
    ];
    return html`<div class="class-together" role="group" aria-label=${_("What all do together")}>
      ${all.map(([view, name, on]) => html`<button class=${on ? "going" : ""} data-testid="view-${view}" aria-pressed=${hostView === view ? "true" : "false"}
        @click=${() => this.#show(view)}>${name}${on ? html`<span class="visually-hidden"> ${_("(going on)")}</span>` : nothing}</button>`)}
    </div>`;
  }

  /** @param {string} view */
  #show(view) {
    store.set({ hostView: store.state.hostView === view ? "" : view });
    // On a phone what is shown stands below all else.
    if (matchMedia("(max-width: 719px)").matches) document.querySelector("class-board")?.scrollIntoView();
  }

  #figures() {
    const cards = [...store.state.members.values()];
    const exploring = cards.filter(({ place }) => place === "own").length;
    const known = accuracies(cards);
    const rate = this.#pace.rate(performance.now());
    return html`<dl class="figures class-figures">
      ${figure("exploring", _("exploring"), _("{count} of {all}", { count: integer(exploring), all: integer(cards.length) }), _("In a run of their own now"))}
      ${figure("median", _("class median accuracy"), percent(median(known)), _("Of the held-out accuracies of {count} runs", { count: integer(known.length) }), known.length ? "right" : "")}
      ${figure("class-pace", _("steps a second, all"), integer(rate), _("Made in the members’ runs in the last five seconds"))}
    </dl>`;
  }

  #closing() {
    const shut = () => this.querySelector("dialog")?.close();
    const close = () => {
      shut();
      return send({ type: "close_workshop" });
    };
    return html`<dialog class="sure" data-testid="close-sure" aria-labelledby="close-title">
      <h2 id="close-title">${_("Close the workshop?")}</h2>
      <p>${_("It ends for everyone, and all of its runs are deleted. Runs that were saved as files stay yours.")}</p>
      <take-home></take-home>
      <div class="sure-actions">
        <button autofocus data-testid="close-not" @click=${shut}>${_("Go on")}</button>
        <button class="danger" data-testid="close-yes" @click=${close}>${_("Close it for all")}</button>
      </div>
    </dialog>`;
  }
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string} value
 * @param {string} meaning
 * @param {string} [tone]
 */
function figure(name, label, value, meaning, tone = "") {
  return html`<div class="figure" title=${meaning || nothing}>
    <dt>${label}</dt>
    <dd class=${tone} data-testid=${name}>${value}</dd>
  </div>`;
}

customElements.define("class-bar", ClassBar);
