/**
 * From pointer events to strokes: every point between two events, the pressure of a pen, and one pointer at a time. A pen
 * wins over fingers, so that the hand that rests on the screen draws nothing.
 *
 * @typedef {import("./ink.js").Ink} Ink
 * @typedef {import("./ink.js").Stroke} Stroke
 */

const PALM_AFTER_PEN = 600; // milliseconds for which touches after a pen are its hand

export class Pointers {
  /** @type {PointerEvent | null} the one that draws */
  #drawing = null;
  #penAt = -Infinity;

  /**
   * @param {HTMLElement} surface  square
   * @param {() => Ink} ink
   * @param {() => { kind: Stroke["kind"], width: number }} brush
   * @param {() => void} changed
   */
  constructor(surface, ink, brush, changed) {
    this.surface = surface;
    this.ink = ink;
    this.brush = brush;
    this.changed = changed;
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
      surface.addEventListener(name, (event) => this.#up(event));
    }
    surface.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press draws a dot
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const isEraser = event.button === 5; // the other end of a pen
    if (event.button !== 0 && !isEraser) return;
    const pen = event.pointerType === "pen";
    if (this.#drawing) {
      if (!pen || this.#drawing.pointerType !== "touch") return;
      this.ink().undo(); // what the palm drew
    }
    if (event.pointerType === "touch" && event.timeStamp - this.#penAt < PALM_AFTER_PEN) return;
    if (pen) this.#penAt = event.timeStamp;
    const { kind, width } = this.brush();
    this.#drawing = event;
    try {
      this.surface.setPointerCapture(event.pointerId);
    } catch {
      // the pointer is gone already: it left a dot
    }
    this.ink().begin(isEraser ? "eraser" : kind, width, this.#point(event));
    this.changed();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.#drawing?.pointerId) return;
    if (event.pointerType === "pen") this.#penAt = event.timeStamp;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length ? between : [event]) this.ink().extend(this.#point(one));
    this.changed();
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerId !== this.#drawing?.pointerId) return;
    this.#drawing = null;
    this.ink().end();
    this.changed();
  }

  /** @param {PointerEvent} event @returns {import("./ink.js").Point} */
  #point(event) {
    const { left, top, width, height } = this.surface.getBoundingClientRect();
    const pressure = event.pointerType === "pen" && event.pressure > 0 ? 0.35 + 1.1 * event.pressure : 1;
    return { x: inside((event.clientX - left) / width), y: inside((event.clientY - top) / height), pressure };
  }
}

/** A little over the rim is still drawn, so that a line may run out of the pad. @param {number} part */
function inside(part) {
  return Number.isFinite(part) ? Math.min(1.05, Math.max(-0.05, part)) : 0;
}
