/** Teach it: say what the drawing is, see what one step on it alone would do, take it in a copy, and take it back. */
import { html, nothing } from "lit";
import { CLASSES } from "../collection/drawings.js";
import { keepDrawing } from "../collection/gathering.js";
import { integer, number, percent } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { miniBars } from "../reading/bars.js";
import { ranked, surely } from "../reading/certainty.js";
import { COPY } from "../reading/copy.js";
import { layerName } from "../views/layer-names.js";
import { phrase } from "../views/phrase.js";
import { CODE } from "../workshop/seat.js";
import { steers, whyNot } from "../workshop/steering.js";
import { adopt, apply, sayLabel, setRate, takeBack } from "./lesson.js";
import { rateCurve } from "./rate-curve.js";

const NAMES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const TEN = 10;
const MOST_STEPS = 100; // until it agrees
const SHOWN_WEIGHTS = 3;

class TeachCard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["drawn", "reading", "reader", "readers", "lesson", "connection", "collection", "seat", "workshop"];

  static properties = { adopting: { state: true }, moving: { state: true } };

  /** The drawing that was kept last. @type {Uint8Array | null} */
  #kept = null;

  constructor() {
    super();
    this.adopting = false;
    this.moving = false;
  }

  /** @override */
  render() {
    const { drawn, lesson, reader, readers, connection } = store.state;
    const opened = readers[reader]?.opened;
    const off = !drawn?.pixels || !opened || connection.phase !== "live";
    const classes = opened?.manifest.classes ?? NAMES;
    return html`<section class="teach" data-testid="teach" aria-labelledby="teach-title">
      <div class="teach-head">
        <h2 id="teach-title">${_("Teach it: this is")}</h2>
        <div class="teach-labels" role="group" aria-labelledby="teach-title">
          ${classes.map((name, label) => html`<button class="teach-label" data-testid="teach-${label}" ?disabled=${off} aria-pressed=${lesson.label === label}
            @click=${() => sayLabel(lesson.label === label ? null : label)}>${name}</button>`)}
        </div>
        ${lesson.label !== null && lesson.label < CLASSES ? html`<button class="teach-keep" data-testid="keep" ?disabled=${!drawn?.pixels}
          title=${_("Put it into your drawings below; the network stays as it is")} @click=${() => this.#keep()}>${_("Keep it as {label}", { label: lesson.label })}</button>` : nothing}
      </div>
      <p class="teach-kept" role="status" data-testid="kept">${drawn && this.#kept === drawn.pixels
        ? html`${store.state.collection.said} <a href="#collection-title">${_("Your drawings")}</a>` : nothing}</p>
      ${this.#body(classes, off)}
      ${this.#lock(opened)}
    </section>`;
  }

  /** @param {readonly string[]} classes @param {boolean} off */
  #body(classes, off) {
    const { drawn, lesson } = store.state;
    if (!drawn) return html`<p class="teach-words">${_("Draw something it reads wrongly, say what it is, and see what one step would change.")}</p>`;
    if (lesson.label === null) return html`<p class="teach-words">${_("Say what it is: the gradient comes back through the network, and you see what one step would change.")}</p>`;
    const { preview } = lesson;
    return html`
      ${lesson.refusal ? html`<p class="teach-words refused" role="status" data-testid="teach-refused">${lesson.refusal}</p>` : nothing}
      ${COPY.known && store.state.reader !== COPY.name && (store.state.readers[COPY.name]?.opened?.lessons ?? 0) > 0
        ? html`<p class="note">${_("A lesson here begins a new copy, of this network; it takes the place of the copy you taught.")}</p>` : nothing}
      ${preview ? this.#preview(preview, classes, off) : html`
        ${lesson.refusal ? nothing : html`<p class="teach-words">${_("Taking the step on a copy, to see…")}</p>`}
        ${this.#actions(off)}`}`;
  }

  /** @param {boolean} off */
  #actions(off) {
    const { busy } = store.state.lesson;
    return html`<div class="teach-actions">
      <button class="primary teach-apply" data-testid="apply" ?disabled=${off || busy} @click=${() => void apply(1)}>${_("Apply one step")}</button>
      <button data-testid="apply-ten" ?disabled=${off || busy} @click=${() => void apply(TEN)}>${_("Ten times")}</button>
      <button data-testid="apply-until" ?disabled=${off || busy} @click=${() => void apply(MOST_STEPS, true)}>${_("Until it agrees")}</button>
    </div>`;
  }

  /** @param {import("./lesson.js").Preview} preview @param {readonly string[]} classes @param {boolean} off */
  #preview({ answer, curve, stale }, classes, off) {
    const { label, before, after } = answer;
    const [read = 0] = ranked(before);
    const [then = 0] = ranked(after);
    const parts = {
      label: html`<b class="taught">${classes[label]}</b>`,
      read: html`<b>${classes[read]}</b>`,
      before: surely(before[label]),
      after: html`<b>${surely(after[label])}</b>`,
      from: surely(before[read]),
      to: html`<b>${surely(after[read])}</b>`,
    };
    return html`<div class="teach-preview ${stale ? "stale" : ""}">
      <div class="teach-words" role="status" data-testid=${stale ? "lesson-waits" : "lesson-words"}>
        <p>${stale ? _("Taking the step on a copy, to see…") : read === label
          ? phrase(_("It reads {label} already. One step on this drawing alone would take it from {before} to {after}."), parts)
          : phrase(_("One step on this drawing alone would take {label} from {before} to {after}, and {read} from {from} to {to}."), parts)}
        ${then !== label && !stale ? _("That is not enough for it to agree: take more steps, or a longer one.") : nothing}</p>
      </div>
      <div class="teach-bars" aria-hidden="true">${miniBars(before, read, label)}<span>→</span>${miniBars(after, then, label)}</div>
      ${this.#actions(off)}
      ${rateCurve(curve, store.state.lesson.rate, label, setRate)}
      ${this.#moves(answer)}
    </div>`;
  }

  /** @param {import("../protocol").LessonPreview} answer */
  #moves(answer) {
    const { readers, reader } = store.state;
    const layers = readers[reader]?.opened?.manifest.layers ?? [];
    /** @param {string} name */
    const called = (name) => {
      const layer = layers.find((one) => one.name === name);
      return layer ? layerName(layer) : name;
    };
    return html`<details class="teach-moves" data-testid="moves" ?open=${this.moving} @toggle=${this.#toggle}>
      <summary>${_("Which weights would move")}</summary>
      <table><thead><tr><th scope="col">${_("layer")}</th><th scope="col">${_("weights and biases that move")}</th><th scope="col">${_("share of the step")}</th></tr></thead>
        <tbody>${answer.layers.filter(({ parameters }) => parameters > 0).map((move) => html`<tr><th scope="row">${called(move.layer)}</th>
          <td>${_("{moved} of {all}", { moved: integer(move.moved), all: integer(move.parameters) })}</td>
          <td><svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=${(100 * move.share).toFixed(1)} height="8"></rect></svg>${percent(move.share, 0)}</td></tr>`)}</tbody></table>
      <p class="note">${_("Farthest:")} ${answer.weights.slice(0, SHOWN_WEIGHTS).map((move) => html`<span class="moved-weight"><b>${move.address}[${move.index.join(", ")}]</b> ${number(move.before)} → ${number(move.after)}</span> `)}</p>
    </details>`;
  }

  /** Whether anything has changed, and the way back. @param {import("../protocol").NetworkOpened | null | undefined} opened */
  #lock(opened) {
    const { lesson, reader, reading, connection } = store.state;
    if (!opened) return nothing;
    const taught = reader === COPY.name;
    const checksum = (reading?.reader === reader && reading.answer.checksum) || opened.checksum;
    const { last } = lesson;
    const lessons = opened.lessons;
    const off = lesson.busy || connection.phase !== "live";
    return html`<div class="teach-lock">
      <p class="lock ${taught && lessons > 0 ? "open" : "shut"}" data-testid="lock">
        <svg aria-hidden="true"><use href=${taught && lessons > 0 ? "#symbol-unlocked" : "#symbol-locked"}></use></svg>
        <span>${taught && lessons > 0
          ? ngettext("Your copy, taught {count} lesson; the original is as it was.", "Your copy, taught {count} lessons; the original is as it was.", lessons, { count: integer(lessons) })
          : taught ? _("All lessons are taken back: it is the original again, bit for bit.")
          : _("Nothing has changed: its weights are locked.")}
        ${taught && last && last.checksum_before !== last.checksum
          ? html`<span class="checksums">${_("checksum")} <code>${last.checksum_before}</code> → <code data-testid="checksum">${checksum}</code></span>`
          : html`<span class="checksums">${_("checksum")} <code data-testid="checksum">${checksum}</code></span>`}</span>
      </p>
      ${taught ? html`<div class="teach-actions">
        <button data-testid="take-back" ?disabled=${off || opened.undoable === 0} @click=${() => void takeBack(1)}>${_("Undo the last lesson")}</button>
        <button data-testid="take-all-back" ?disabled=${off || lessons === 0} @click=${() => void takeBack(null)}>${_("Back to the original")}</button>
        <button data-testid="adopt" aria-expanded=${this.adopting} ?disabled=${off || !steers()} title=${whyNot()}
          @click=${() => (this.adopting = !this.adopting)}>${_("Open in the Studio…")}</button>
      </div>` : nothing}
      ${taught && this.adopting && steers() ? html`<div class="adopting" role="alert">
        <p>${_("This replaces the run in the Studio, for everyone who watches it: it stops, and your copy takes its place.")}</p>
        <button class="primary" data-testid="adopt-now" ?disabled=${off} @click=${() => void this.#adopt()}>${_("Replace the run")}</button>
        <button data-testid="adopt-not" @click=${() => (this.adopting = false)}>${_("Cancel")}</button>
      </div>` : nothing}
    </div>`;
  }

  /** @param {Event} event */
  #toggle(event) {
    this.moving = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
  }

  #keep() {
    const { drawn, lesson } = store.state;
    if (!drawn?.pixels || lesson.label === null) return;
    this.#kept = drawn.pixels;
    void keepDrawing(drawn.pixels, lesson.label);
  }

  async #adopt() {
    if (await adopt()) location.assign(CODE ? `/r/${CODE}/studio` : "/");
  }
}

customElements.define("teach-card", TeachCard);
