/** The pad one draws on, with its tools: undo, clear, eraser, width, and a grid for those who draw by keys. */
import { html, nothing } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { invalidate, onPaint } from "../paint.js";
import { Panel } from "../panel.js";
import { readPalette } from "../scale.js";
import { Brush } from "./brush.js";
import { CELLS, Cells } from "./cells.js";
import { look, sheet } from "./drawing.js";
import { MOST_POINTS } from "./ink.js";
import { keep, kept } from "./keeping.js";
import { Pointers } from "./pointers.js";

const THINNEST = 0.02; // of the pad's side
const THICKEST = 0.14;
const USUAL = 0.07; // a digit of this pad's usual size then has strokes as MNIST's have
const SHARPEST = 1600; // pixels of the canvas's side

class SketchPad extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["drawn", "theme"];

  static properties = { eraser: { state: true }, width: { state: true }, grid: { state: true }, spoken: { state: true } };

  /** @type {Brush | null} */
  #brush = null;
  #painted = -1;
  #cells = new Cells();
  /** @type {(() => void)[]} */
  #cleanups = [];

  constructor() {
    super();
    const width = Number(kept("brush"));
    this.eraser = false;
    this.width = width >= THINNEST && width <= THICKEST ? width : USUAL;
    this.grid = false;
    this.spoken = "";
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    const resized = new ResizeObserver(() => this.#resize());
    void this.updateComplete.then(() => {
      const surface = this.querySelector(".pad");
      if (surface) resized.observe(surface);
    });
    const keys = (/** @type {KeyboardEvent} */ event) => this.#shortcut(event);
    document.addEventListener("keydown", keys);
    this.#cleanups = [() => resized.disconnect(), () => document.removeEventListener("keydown", keys), onPaint(() => this.#paint())];
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups = [];
  }

  /** @override */
  firstUpdated() {
    const surface = /** @type {HTMLElement} */ (this.querySelector(".pad"));
    this.#brush = new Brush(/** @type {HTMLCanvasElement} */ (this.querySelector("canvas.pad-ink")));
    new Pointers(surface, () => sheet.ink, () => ({ kind: this.eraser ? "eraser" : "ink", width: this.width }), this.#changed);
    this.#resize();
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  updated(changed) {
    if (changed.has("grid")) this.#paintGrid();
    if (this.#brush && this.#brush.colour !== this.#ink) {
      this.#brush.forget();
      this.#painted = -1;
      invalidate();
    }
    this.#paintGrid();
  }

  /** The theme's ink. */
  get #ink() {
    const palette = readPalette();
    return palette.dark ? "#ffffff" : palette.text;
  }

  #changed = () => {
    invalidate();
    this.requestUpdate();
  };

  #resize() {
    const surface = this.querySelector(".pad");
    if (!surface || !this.#brush) return;
    const side = Math.min(SHARPEST, Math.max(1, Math.round(surface.clientWidth * devicePixelRatio)));
    const { canvas } = this.#brush;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    this.#brush.forget();
    this.#painted = -1;
    this.#paintGrid();
    invalidate();
  }

  #paint() {
    if (!this.#brush || this.#painted === sheet.ink.changes) return;
    this.#painted = sheet.ink.changes;
    this.#brush.colour = this.#ink;
    this.#brush.paint(sheet.ink);
    look();
  }

  #undo = () => {
    sheet.ink.undo();
    this.#changed();
  };

  #clear = () => {
    sheet.ink.clear();
    this.eraser = false;
    this.#changed();
  };

  /** @param {KeyboardEvent} event */
  #shortcut(event) {
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.defaultPrevented || target.closest("input, select, textarea, dialog, [contenteditable]")) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z") this.#undo();
    else if (event.key === "Delete" && !event.ctrlKey && !event.metaKey && !event.altKey) this.#clear();
    else return;
    event.preventDefault();
  }

  /** Keys on the pad itself. @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.grid) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      return this.#openGrid();
    }
    if (event.key === "Escape") return this.#closeGrid();
    const happened = this.#cells.press(event.key, event.shiftKey, sheet.ink, this.width);
    if (!happened) return;
    event.preventDefault();
    const place = { row: this.#cells.row + 1, column: this.#cells.column + 1 };
    switch (happened) {
      case "moved":
        this.spoken = _("row {row}, column {column}", place);
        break;
      case "inked":
        this.spoken = _("row {row}, column {column}: ink", place);
        break;
      case "erased":
        this.spoken = _("row {row}, column {column}: erased", place);
        break;
      case "down":
        this.spoken = _("The pen is down: arrow keys draw.");
        break;
      case "up":
        this.spoken = _("The pen is up.");
        break;
    }
    this.#changed();
  }

  #openGrid() {
    this.grid = true;
    this.spoken = _("row {row}, column {column}", { row: this.#cells.row + 1, column: this.#cells.column + 1 });
    /** @type {HTMLElement | null} */ (this.querySelector(".pad"))?.focus();
  }

  #closeGrid() {
    this.grid = false;
    this.#cells.isDown = false;
  }

  #paintGrid() {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.querySelector("canvas.pad-grid"));
    const side = this.#brush?.canvas.width ?? 0;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    if (!this.grid) {
      if (canvas.width > 1) canvas.width = canvas.height = 1;
      return;
    }
    canvas.width = canvas.height = side;
    const palette = readPalette();
    const cell = side / CELLS;
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.beginPath();
    for (let i = 1; i < CELLS; i += 1) {
      const at = Math.round(i * cell) + 0.5;
      context.moveTo(at, 0);
      context.lineTo(at, side);
      context.moveTo(0, at);
      context.lineTo(side, at);
    }
    context.stroke();
    context.strokeStyle = palette.accent;
    context.lineWidth = Math.max(2, side / 200);
    if (this.#cells.isDown) {
      context.fillStyle = palette.accent;
      context.globalAlpha = 0.35;
      context.fillRect(this.#cells.column * cell, this.#cells.row * cell, cell, cell);
      context.globalAlpha = 1;
    }
    context.strokeRect(this.#cells.column * cell, this.#cells.row * cell, cell, cell);
  }

  /** @override */
  render() {
    const { ink } = sheet;
    return html`
      <div class="pad ${this.eraser ? "erasing" : ""}" data-testid="sketchpad" tabindex="0" role="application"
        aria-roledescription=${_("drawing pad")}
        aria-label=${this.grid
          ? _("Grid: arrow keys move, Space inks, Shift and Space erases, Enter puts the pen down and up, Escape leaves")
          : _("Draw a digit with finger, pen or mouse; Enter draws by keys")}
        @keydown=${this.#key}>
        <canvas class="pad-ink" width="1" height="1" aria-hidden="true"></canvas>
        <canvas class="pad-grid" width="1" height="1" aria-hidden="true" ?hidden=${!this.grid}></canvas>
        ${ink.isEmpty && !this.grid ? html`<p class="pad-invitation" aria-hidden="true">
          <svg viewBox="0 0 120 120"><path d="M38 46c3-16 42-20 44 3 1 17-27 26-43 42h46"></path></svg>
          <b>${_("Draw a digit here")}</b>
          <span>${_("finger, pen or mouse; the network reads as you draw")}</span>
        </p>` : nothing}
      </div>
      ${ink.isFull ? html`<p class="pad-full" role="status" data-testid="pad-full">
        ${_("The pad holds {count} points and is full. All that is drawn stays; undo or clear makes room.", { count: integer(MOST_POINTS) })}
      </p>` : nothing}
      <div class="pad-tools">
        <button data-testid="clear" ?disabled=${ink.isEmpty} title=${_("Delete clears too; undo brings it back")} @click=${this.#clear}>${_("Clear")}</button>
        <button data-testid="undo" ?disabled=${!ink.canUndo} title=${_("Ctrl and Z too")} @click=${this.#undo}>${_("Undo")}</button>
        <button data-testid="eraser" aria-pressed=${this.eraser} @click=${() => (this.eraser = !this.eraser)}>${_("Eraser")}</button>
        <button data-testid="grid" aria-pressed=${this.grid} title=${_("Draw by keys on a grid of 28 × 28")}
          @click=${() => (this.grid ? this.#closeGrid() : this.#openGrid())}>${_("Grid")}</button>
        <label class="pad-width"><span>${_("thin")}</span>
          <input type="range" data-testid="brush" min=${THINNEST} max=${THICKEST} step="0.005" .value=${String(this.width)}
            aria-label=${_("Width of the brush")} @input=${this.#setWidth} />
          <span>${_("thick")}</span></label>
      </div>
      <p class="visually-hidden" aria-live="assertive">${this.grid ? this.spoken : ""}</p>
    `;
  }

  /** @param {InputEvent} event */
  #setWidth(event) {
    this.width = Number(/** @type {HTMLInputElement} */ (event.target).value);
    keep("brush", String(this.width));
  }
}

customElements.define("sketch-pad", SketchPad);
