/** The middle of the host's page: the members as cards, or the run that all see while all see one. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { need, troublesOf } from "./attention.js";
import "./member-card.js";
import "../contest/class-contest.js";
import "../vote/class-question.js";
import "../wall/class-wall.js";
import { accuracies, bestQuarter, hasRun, ordered, topOfCurves } from "./standings.js";

const CALM = { type: /** @type {const} */ ("watch"), matrices: [], units_rate: 0.5 };

class ClassBoard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["members", "workshop", "seat", "theme", "hostView", "connection"];

  /** @override @type {typeof Panel.urgent} */
  static urgent = ["hostView", "seat", "workshop"];

  /** @override */
  static rate = 4;

  /** @override */
  static properties = { order: { state: true } };

  #calm = false;
  /** What all see, by the mode and the spotlight. */
  #seen = "";

  constructor() {
    super();
    this.order = "came";
  }

  /** @override */
  render() {
    const { workshop, seat } = store.state;
    if (!workshop || seat?.person.role !== "host") return nothing;
    const view = shown();
    return html`<div class="board-head">
        <div class="board-views" role="group" aria-label=${_("What is shown")}>
          ${viewButton("members", view, ngettext("{count} member", "{count} members", store.state.members.size, { count: integer(store.state.members.size) }))}
          ${viewButton("run", view, workshop.spotlight ? _("The run of {name}", { name: workshop.spotlight.name }) : _("The run all see"))}
        </div>
        ${workshop.spotlight
          ? html`<button class="spotlight-end" data-testid="end-spotlight" ?disabled=${store.state.connection.phase !== "live"}
              @click=${() => send({ type: "spotlight", person: null })}>${_("End the spotlight")}</button>`
          : nothing}
        <opened-step class=${view === "run" ? "" : "bare"}></opened-step>
        ${view === "run" ? html`<lens-switch></lens-switch>` : view === "members" && [...store.state.members.values()].filter(hasRun).length > 6 ? this.#orders() : nothing}
      </div>
      ${view === "members" ? this.#members() : VIEWS[view]?.()}`;
  }

  /** When all are made to see something else, the host sees it too. @override */
  willUpdate() {
    const { workshop, hostView } = store.state;
    const seen = `${workshop?.mode} ${workshop?.spotlight?.id}`;
    if (this.#seen && seen !== this.#seen && (hostView === "members" || hostView === "run")) store.set({ hostView: "" });
    this.#seen = workshop ? seen : "";
  }

  /** A board of cards needs no frames of the run. @override */
  updated() {
    const calm = store.state.connection.phase === "live" && shown() !== "run";
    if (calm && !this.#calm) void send(CALM);
    this.#calm = calm;
  }

  #orders() {
    const choices = { came: _("as they came"), name: _("by name"), accuracy: _("best first"), need: _("who needs you first") };
    return html`<label class="board-order"><span>${_("Order")}</span>
      <select data-testid="order" @change=${(/** @type {Event} */ event) => (this.order = /** @type {HTMLSelectElement} */ (event.target).value)}>
        ${Object.entries(choices).map(([value, name]) => html`<option value=${value} ?selected=${value === this.order}>${name}</option>`)}
      </select></label>`;
  }

  #members() {
    const { members, theme } = store.state;
    const cards = [...members.values()];
    if (cards.length === 0) return nobody();
    const best = bestQuarter(accuracies(cards));
    const top = topOfCurves(cards);
    const drawn = cards.filter(hasRun);
    const wrong = troublesOf(cards);
    return html`<div class="board-scroll">
      ${drawn.length ? html`<ol class="board" data-testid="board" data-density=${density(drawn.length)}>
        ${ordered(drawn, this.order, ({ person }) => need(wrong.get(person.id))).map((card) => html`<li>
          <member-card .card=${card} .top=${top} .best=${(card.accuracy ?? -1) >= best} .trouble=${wrong.get(card.person.id) ?? ""} .theme=${theme}></member-card>
        </li>`)}
      </ol>` : nothing}
      ${lookersOn(cards.filter((card) => !hasRun(card) && card.here), (count, values) => ngettext("{count} follows you", "{count} follow you", count, values))}
      ${lookersOn(cards.filter((card) => !hasRun(card) && !card.here), (count, values) => ngettext("{count} is away", "{count} are away", count, values))}
      </div>
      ${drawn.length ? html`<p class="board-legend">${legend(density(drawn.length))}</p>` : nothing}`;
  }
}

/** What is shown: what was chosen, or what the mode makes of it. */
function shown() {
  const { hostView, workshop } = store.state;
  if (hostView) return hostView;
  return workshop && (workshop.spotlight || (workshop.mode === "follow" && store.state.members.size > 0)) ? "run" : "members";
}

/** @param {string} name @param {string} view @param {string} words */
function viewButton(name, view, words) {
  return html`<button class="toggle" data-testid="view-${name}" aria-pressed=${name === view ? "true" : "false"}
    @click=${() => store.set({ hostView: name })}>${words}</button>`;
}

/** @type {Record<string, () => unknown>} what may fill the page besides the members */
const VIEWS = {
  run,
  question: () => html`<div class="board-stage"><class-question></class-question></div>`,
  wall: () => html`<div class="board-stage"><class-wall></class-wall></div>`,
  contest: () => html`<div class="board-stage"><class-contest></class-contest></div>`,
};

/**
 * Those without a run of their own, who need no more room than their name.
 * @param {readonly import("../protocol").MemberCard[]} cards
 * @param {(count: number, values: { count: string }) => string} words
 */
function lookersOn(cards, words) {
  if (cards.length === 0) return nothing;
  const open = (/** @type {Event} */ event, /** @type {string} */ id) => event.target?.dispatchEvent(new CustomEvent("open-member", { bubbles: true, detail: id }));
  return html`<section class="lookers-on">
    <h3>${words(cards.length, { count: integer(cards.length) })}</h3>
    <ul>
      ${cards.map(({ person, here }) => html`<li><button data-testid="card" data-name=${person.name} data-person=${person.id} data-here=${here ? "yes" : "no"}
        @click=${(/** @type {Event} */ event) => open(event, person.id)}>${person.name}</button></li>`)}
    </ul>
  </section>`;
}

function run() {
  return html`<div class="followed" data-testid="followed">
    <div class="followed-bar"><transport-bar></transport-bar><run-figures></run-figures></div>
    <section class="picture" aria-label=${_("The network")}>
      <picture-sentence></picture-sentence>
      <network-picture></network-picture>
      <unit-inspector></unit-inspector>
    </section>
  </div>`;
}

function nobody() {
  return html`<div class="nobody" data-testid="nobody">
    <p class="nobody-words">${_("Nobody is here yet.")}</p>
    <p class="note">${_("Let them scan the code, or type it. Late ones see all that those see who are here.")}</p>
    <button class="primary" data-testid="enlarge-now" @click=${() => /** @type {import("./join-card.js").JoinCard | null} */ (document.querySelector("join-card"))?.fillScreen()}>${_("Fill the screen with the code")}</button>
  </div>`;
}

/** What the cards show: where they are small, not all of it. @param {string} size */
function legend(size) {
  const words = _("Accuracy on held-out examples; green: the best quarter. Curve: loss, one axis from 0 for all. Violet: what needs you.");
  return size === "lecture" || size === "hall" ? words : `${words} ${_("Images: weights of up to 4 first units, one scale a member.")}`;
}

/** The fewer there are, the larger each is drawn. @param {number} count */
function density(count) {
  return count <= 2 ? "few" : count <= 6 ? "some" : count <= 12 ? "dozen" : count <= 40 ? "class" : count <= 100 ? "lecture" : "hall";
}

customElements.define("class-board", ClassBoard);
