/** A person's own drawings: how many of each digit, all of them small, and what can be done with each. */
import { html, nothing } from "lit";
import { drawDigit } from "../digits.js";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { invalidate } from "../paint.js";
import { Panel } from "../panel.js";
import { sheet } from "../sketch/drawing.js";
import { pictureOfDigit } from "../sketch/picture.js";
import { store } from "../store.js";
import { CLASSES, countsOf } from "./drawings.js";
import { idxArchive, pngArchive, save } from "./exporting.js";
import { deleteDrawings, keepAll, putBack, say, turnOver } from "./gathering.js";
import { drawingsOf } from "./importing.js";

/** @typedef {import("./drawings.js").KeptDrawing} KeptDrawing */

const SHOWN = 24; // of a class, before it is opened: as many as a wide row has room for
const SIDE = 28;

class CollectionCard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["collection", "theme"];

  static properties = { chosen: { state: true }, opened: { state: true }, emptying: { state: true }, importing: { state: true } };

  constructor() {
    super();
    /** The drawing whose actions are shown. */
    this.chosen = 0;
    /** The class of which all are shown. */
    this.opened = -1;
    this.emptying = false;
    this.importing = false;
  }

  /** @override */
  render() {
    const { drawings, lasts, said, deleted } = store.state.collection;
    const all = drawings ?? [];
    const heldOut = all.filter((drawing) => drawing.heldOut).length;
    return html`<section class="collection" aria-labelledby="collection-title" data-testid="collection"
      @dragover=${this.#over} @drop=${this.#drop}>
      <h2 id="collection-title">${_("Your drawings")}
        <small data-testid="collection-count">${all.length ? _("{count} kept, {held} of them held out", { count: integer(all.length), held: integer(heldOut) }) : _("none yet")}</small></h2>
      ${all.length ? this.#wall(all) : html`<p class="collection-empty">${_("Draw a digit, say what it is, and keep it. What gathers here can teach a network to read your hand, and can be taken along as files.")}</p>`}
      <div role="status" class="collection-said" data-testid="collection-said">${said ? html`<p>${said}
        ${deleted.length ? html`<button class="quiet" data-testid="put-back" @click=${() => void putBack()}>${_("Put back")}</button>` : nothing}</p>` : nothing}
        ${drawings && !lasts ? html`<p>${_("This browser keeps nothing for later: export your drawings before you leave.")}</p>` : nothing}</div>
      <div class="collection-tools">
        <button data-testid="import" ?disabled=${this.importing} title=${_("IDX files as MNIST's, PNG pictures with the digit first in their names, or an archive of either")}
          @click=${() => /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=file]"))?.click()}>${_("Import…")}</button>
        <input type="file" multiple hidden data-testid="import-files" aria-label=${_("Files with drawings")} @change=${this.#choose} />
        <button data-testid="export-idx" ?disabled=${all.length === 0} @click=${() => save("backscope-drawings-idx.zip", idxArchive(all))}>${_("Export as IDX")}</button>
        <button data-testid="export-png" ?disabled=${all.length === 0} @click=${() => save("backscope-drawings-png.zip", pngArchive(all))}>${_("Export as PNG")}</button>
        <button class="quiet" data-testid="delete-all" aria-expanded=${this.emptying} ?disabled=${all.length === 0} @click=${() => (this.emptying = !this.emptying)}>${_("Delete all…")}</button>
      </div>
      ${this.emptying && all.length ? html`<div class="adopting" role="alert">
        <p>${ngettext("This deletes {count} drawing from this browser.", "This deletes {count} drawings from this browser.", all.length, { count: integer(all.length) })}</p>
        <button data-testid="delete-all-now" @click=${() => this.#deleteAll(all)}>${_("Delete all")}</button>
        <button @click=${() => (this.emptying = false)}>${_("Cancel")}</button>
      </div>` : nothing}
    </section>`;
  }

  /** @param {readonly KeptDrawing[]} all */
  #wall(all) {
    const counts = countsOf(all);
    return html`<ol class="own-wall">${Array.from({ length: CLASSES }, (_class, label) => {
      const { train, heldOut } = counts[label] ?? { train: 0, heldOut: 0 };
      const mine = all.filter((drawing) => drawing.label === label).reverse();
      const open = this.opened === label;
      const chosen = mine.find(({ id }) => id === this.chosen);
      return html`<li class="own-row ${open ? "open" : ""}" data-testid="kept-${label}" data-count=${train + heldOut} data-held-out=${heldOut}>
        <button class="own-head" aria-expanded=${open} ?disabled=${mine.length === 0}
          aria-label=${_("{label}: {train} to train on, {held} held out", { label, train: integer(train), held: integer(heldOut) })}
          @click=${() => (this.opened = open ? -1 : label)}><b>${label}</b> <span>${integer(train + heldOut)}</span></button>
        <div class="own-drawings">${mine.slice(0, open ? mine.length : SHOWN).map((drawing) => this.#thumbnail(drawing))}</div>
        ${chosen ? this.#actions(chosen) : nothing}
      </li>`;
    })}</ol>
    <p class="note own-note">${_("Dashed: held out, the third of every four of a digit. Networks are tested with these, never trained on them.")}</p>`;
  }

  /** @param {KeptDrawing} drawing */
  #thumbnail({ id, label, heldOut }) {
    const name = heldOut ? _("a {label}, held out", { label }) : _("a {label}, to train on", { label });
    return html`<button class="thumbnail ${heldOut ? "held-out" : ""}" data-id=${id} aria-pressed=${this.chosen === id} aria-label=${name} title=${name}
      @click=${() => (this.chosen = this.chosen === id ? 0 : id)}><canvas width=${SIDE} height=${SIDE} aria-hidden="true"></canvas></button>`;
  }

  /** @param {KeptDrawing} drawing */
  #actions(drawing) {
    return html`<div class="own-actions">
      <button data-testid="to-pad" @click=${() => this.#lay(drawing)}>${_("Onto the pad")}</button>
      <button data-testid="turn-over" @click=${() => void turnOver(drawing)}>${drawing.heldOut ? _("Train on it") : _("Hold it out")}</button>
      <button data-testid="delete-drawing" @click=${() => void deleteDrawings([drawing])}>${_("Delete")}</button>
    </div>`;
  }

  /** @override */
  updated() {
    const { collection, theme } = store.state;
    const pixels = new Map(collection.drawings?.map((drawing) => [String(drawing.id), drawing.pixels]));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(".thumbnail"))) {
      const { id = "", drawn } = button.dataset;
      const canvas = button.querySelector("canvas");
      const one = pixels.get(id);
      if (!canvas || !one || drawn === `${id} ${theme}`) continue;
      drawDigit(canvas, one, [SIDE, SIDE], theme);
      button.dataset.drawn = `${id} ${theme}`;
    }
  }

  /** What is on the pad can be had back by undo. @param {KeptDrawing} drawing */
  #lay({ pixels }) {
    const picture = pictureOfDigit(pixels);
    if (!picture) return;
    sheet.ink.lay(picture);
    invalidate();
    document.querySelector("sketch-pad")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {readonly KeptDrawing[]} all */
  #deleteAll(all) {
    this.emptying = false;
    void deleteDrawings(all);
  }

  /** @param {Event} event */
  #choose(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const files = [...(input.files ?? [])];
    input.value = "";
    void this.#bring(files);
  }

  /** @param {readonly File[]} files */
  async #bring(files) {
    if (files.length === 0) return;
    this.importing = true;
    const found = await drawingsOf(files);
    this.importing = false;
    if ("refused" in found) say(found.refused);
    else await keepAll(found.drawings);
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  }

  /** @param {DragEvent} event */
  #drop(event) {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault(); // what is dropped here is for the collection, not for the pad
    void this.#bring([...event.dataTransfer.files]);
  }
}

customElements.define("collection-card", CollectionCard);
