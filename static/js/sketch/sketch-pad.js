/** The pad one draws on, with its tools: undo, clear, eraser, width, a photo, and a grid for those who draw by keys. */
import { html, nothing } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { invalidate, onPaint } from "../paint.js";
import { Panel } from "../panel.js";
import { ACCEPTED, Bringing } from "../picture/bringing.js";
import { readPalette } from "../scale.js";
import { Brush } from "./brush.js";
import { Cells } from "./cells.js";
import { look, sheet } from "./drawing.js";
import { paintGrid } from "./grid.js";
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

  static properties = {
    compact: { type: Boolean },
    eraser: { state: true },
    width: { state: true },
    grid: { state: true },
    spoken: { state: true },
    hovered: { state: true },
    refused: { state: true },
  };

  /** @type {Brush | null} */
  #brush = null;
  #painted = -1;
  #cells = new Cells();
  #bringing = new Bringing({
    take: (picture) => this.#lay(picture),
    refuse: (sentence) => (this.refused = sentence),
    hover: (isOver) => (this.hovered = isOver),
  });
  /** @type {(() => void)[]} */
  #cleanups = [];

  constructor() {
    super();
    const width = Number(kept("brush"));
    /** Only what a small pad has room for. */
    this.compact = false;
    this.eraser = false;
    this.width = width >= THINNEST && width <= THICKEST ? width : USUAL;
    this.grid = false;
    this.spoken = "";
    this.hovered = false;
    /** Why the last picture was not taken. */
    this.refused = "";
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
    this.#cleanups = [
      () => resized.disconnect(),
      () => document.removeEventListener("keydown", keys),
      this.#bringing.listen(),
      onPaint(() => this.#paint()),
    ];
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

  /** @param {import("./picture.js").Picture} picture */
  #lay(picture) {
    sheet.ink.lay(picture);
    this.eraser = false;
    this.#changed();
  }

  /** @param {Event} event */
  #choose(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    void this.#bringing.bring([...(input.files ?? [])]);
    input.value = ""; // the same file may be chosen again
  }

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
    if (canvas) paintGrid(canvas, this.grid ? this.#cells : null, this.#brush?.canvas.width ?? 1);
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
        ${ink.isEmpty && !this.grid ? this.#invitation() : nothing}
        ${this.hovered ? html`<p class="pad-drop" aria-hidden="true"><b>${_("Drop the picture")}</b></p>` : nothing}
      </div>
      ${ink.isFull ? html`<p class="pad-said" role="status" data-testid="pad-full">
        ${_("The pad holds {count} points and is full. All that is drawn stays; undo or clear makes room.", { count: integer(MOST_POINTS) })}
      </p>` : nothing}
      <div role="status" data-testid="picture-refused">${this.refused ? html`<p class="pad-said">
        <span>${this.refused} ${ink.isEmpty ? nothing : _("What is on the pad stays.")}</span>
        <button class="quiet icon" aria-label=${_("Dismiss")} @click=${() => (this.refused = "")}><svg aria-hidden="true"><use href="#symbol-close"></use></svg></button>
      </p>` : nothing}</div>
      <div class="pad-tools">
        <button data-testid="clear" ?disabled=${ink.isEmpty} title=${_("Delete clears too; undo brings it back")} @click=${this.#clear}>${_("Clear")}</button>
        <button data-testid="undo" ?disabled=${!ink.canUndo} title=${_("Ctrl and Z too")} @click=${this.#undo}>${_("Undo")}</button>
        ${this.compact ? nothing : this.#moreTools()}
      </div>
      <p class="visually-hidden" aria-live="assertive">${this.grid ? this.spoken : ""}</p>
    `;
  }

  #invitation() {
    return html`<p class="pad-invitation" aria-hidden="true">
      <svg viewBox="0 0 120 120"><path d="M38 46c3-16 42-20 44 3 1 17-27 26-43 42h46"></path></svg>
      <b>${_("Draw a digit here")}</b>
      ${this.compact ? nothing : html`<span>${_("finger, pen or mouse; the network reads as you draw")}</span>`}
    </p>`;
  }

  #moreTools() {
    return html`
      <button data-testid="eraser" aria-pressed=${this.eraser} @click=${() => (this.eraser = !this.eraser)}>${_("Eraser")}</button>
      <button data-testid="photo" title=${_("A photo or picture of a digit; it can be dropped or pasted too")}
        @click=${() => /** @type {HTMLInputElement | null} */ (this.querySelector("input[type=file]"))?.click()}>${_("Photo…")}</button>
      <input type="file" data-testid="photo-file" accept=${ACCEPTED} aria-label=${_("A photo or picture of a digit")} hidden @change=${this.#choose} />
      <button data-testid="grid" aria-pressed=${this.grid} title=${_("Draw by keys on a grid of 28 × 28")}
        @click=${() => (this.grid ? this.#closeGrid() : this.#openGrid())}>${_("Grid")}</button>
      <label class="pad-width"><span>${_("thin")}</span>
        <input type="range" data-testid="brush" min=${THINNEST} max=${THICKEST} step="0.005" .value=${String(this.width)}
          aria-label=${_("Width of the brush")} @input=${this.#setWidth} />
        <span>${_("thick")}</span></label>`;
  }

  /** @param {InputEvent} event */
  #setWidth(event) {
    this.width = Number(/** @type {HTMLInputElement} */ (event.target).value);
    keep("brush", String(this.width));
  }
}

customElements.define("sketch-pad", SketchPad);
