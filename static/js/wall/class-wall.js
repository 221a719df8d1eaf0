/** The class wall: everyone's drawings with what the host's run reads in them, and the mistakes it makes, counted. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer, percent } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { confusionTable } from "../views/confusion-table.js";
import { readRightly } from "./hanging.js";
import { lookAtWall } from "./looking.js";
import "./wall-drawing.js";
import "./wall-training.js";

/** @typedef {import("../protocol").WallDrawing} WallDrawing */
/** @typedef {"all" | "misread" | "waiting"} Filter */

const MOST_ADMITTED = 400; // at once

class ClassWall extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["wall", "workshop", "seat", "theme", "connection"];

  /** @override */
  static rate = 4;

  /** @override */
  static properties = { filter: { state: true }, cell: { state: true }, refusal: { state: true } };

  /** @type {() => void} */
  #end = () => undefined;

  constructor() {
    super();
    /** @type {Filter} */
    this.filter = "all";
    /** The cell of the table whose drawings are shown. @type {readonly [number, number] | null} */
    this.cell = null;
    this.refusal = "";
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#end = lookAtWall();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end();
  }

  /** @override */
  render() {
    const { wall, workshop, seat, theme } = store.state;
    if (!workshop || !wall || !seat) return html`<p class="note wall-wait">${_("The wall comes…")}</p>`;
    const host = seat.person.role === "host";
    const shown = [...wall.drawings.values()].filter((drawing) => this.#isShown(drawing));
    return html`<section class="wall" aria-labelledby="wall-title">
      <header class="wall-head">
        <div><h2 id="wall-title" class="stage-title">${_("The class wall")}</h2>
          <p class="wall-words" role="status" data-testid="wall-words">${words(wall, workshop)}</p></div>
        ${host ? this.#hand(shown) : nothing}
      </header>
      <div class="wall-body">
        <div class="wall-main">
          ${wall.drawings.size === 0 ? empty(workshop, host) : this.#filters(wall.drawings.size)}
          <ol class="wall-drawings" @admit=${this.#admit} @take-down=${this.#takeDown}>
            ${shown.map((drawing) => html`<li><wall-drawing .drawing=${drawing} .theme=${theme} ?host=${host} ?mine=${drawing.person.id === seat.person.id}></wall-drawing></li>`)}
          </ol>
        </div>
        <aside class="wall-side" aria-label=${_("What was read, and learned")}>
          ${readRightly(wall).read > 0 ? confusionTable(wall.confusion, { caption: _("Rows: what it is said to be. Columns: what the run reads."), chosen: this.cell, choose: this.#choose }) : nothing}
          <wall-training></wall-training>
        </aside>
      </div>
    </section>`;
  }

  /** @param {readonly WallDrawing[]} shown */
  #hand(shown) {
    const { workshop, connection } = store.state;
    const off = connection.phase !== "live";
    const waiting = shown.filter(({ admitted }) => !admitted).slice(0, MOST_ADMITTED);
    const open = workshop?.wall.open ?? false;
    return html`<div class="wall-hand">
      <button class=${open ? "" : "primary"} data-testid="open-wall" ?disabled=${off} @click=${() => this.#do({ type: "open_wall", open: !open })}>${open ? _("Close the wall") : _("Open the wall")}</button>
      <button data-testid="admit-all" ?disabled=${off || waiting.length === 0} @click=${() => this.#do({ type: "admit", drawings: waiting.map(({ id }) => id), admitted: true })}>${_("Admit all that are shown")}</button>
      <button data-testid="read-wall" ?disabled=${off || shown.length === 0} @click=${() => this.#do({ type: "read_wall" })}>${_("Read again")}</button>
      <p class="door-refusal" role="alert">${this.refusal}</p>
    </div>`;
  }

  /** @param {number} count */
  #filters(count) {
    const names = { all: _("all {count}", { count: integer(count) }), misread: _("misread"), waiting: _("not admitted") };
    return html`<div class="board-views wall-filters" role="group" aria-label=${_("Which drawings are shown")}>
      ${Object.entries(names).map(([value, name]) => html`<button class="toggle" data-testid="filter-${value}" aria-pressed=${value === this.filter && !this.cell ? "true" : "false"}
        @click=${() => this.#show(/** @type {Filter} */ (value))}>${name}</button>`)}
      ${this.cell ? html`<button class="toggle" aria-pressed="true" @click=${() => this.#show(this.filter)}>${_("{said} read as {read}", { said: this.cell[0], read: this.cell[1] })} ✕</button>` : nothing}
    </div>`;
  }

  /** @param {Filter} filter */
  #show(filter) {
    this.filter = filter;
    this.cell = null;
  }

  /** @param {WallDrawing} drawing */
  #isShown({ reading, label, admitted }) {
    if (this.cell) return label === this.cell[0] && reading?.prediction === this.cell[1];
    if (this.filter === "misread") return reading !== null && reading.prediction !== label;
    return this.filter === "all" || !admitted;
  }

  /** @param {import("../views/confusion-table.js").Cell} cell */
  #choose = ([said, read]) => {
    this.cell = this.cell?.[0] === said && this.cell[1] === read ? null : [said, read];
  };

  /** @param {CustomEvent<WallDrawing>} event */
  #admit = ({ detail }) => this.#do({ type: "admit", drawings: [detail.id], admitted: !detail.admitted });

  /** @param {CustomEvent<WallDrawing>} event */
  #takeDown = ({ detail }) => this.#do({ type: "take_down", drawing: detail.id });

  /** @param {import("../protocol").Command} command */
  async #do(command) {
    const reply = await send(command);
    this.refusal = reply.type === "error" ? reply.message : "";
  }
}

/** @param {import("./hanging.js").Hanging} wall @param {import("../protocol").WorkshopState} workshop */
function words(wall, { wall: { count, admitted, open } }) {
  const { read, right } = readRightly(wall);
  const parts = [ngettext("{count} drawing, {admitted} admitted.", "{count} drawings, {admitted} admitted.", count, { count: integer(count), admitted: integer(admitted) })];
  if (read > 0) parts.push(_("The run reads {right} of {read} as they are said to be: {share}.", { right: integer(right), read: integer(read), share: percent(right / read, 0) }));
  parts.push(open ? _("Members may hang drawings.") : _("It is closed: nothing can be hung."));
  return parts.join(" ");
}

/** @param {import("../protocol").WorkshopState} workshop @param {boolean} host */
function empty({ wall: { open } }, host) {
  const text = host
    ? open ? _("Members hang drawings from their Draw page. Each is read at once.") : _("Open the wall, and members can hang what they draw.")
    : open ? _("Draw a digit on the Draw page and hang it here.") : _("The host has not opened the wall yet.");
  return html`<p class="wall-empty" data-testid="wall-empty">${text}</p>`;
}

customElements.define("class-wall", ClassWall);
