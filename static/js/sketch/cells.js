/** Drawing by keys: a cursor on a grid of 28 x 28 that inks, erases, or draws a line while it moves. */

export const CELLS = 28;

/** @typedef {import("./ink.js").Ink} Ink */
/** @typedef {"moved" | "inked" | "erased" | "down" | "up"} Happened */

const WAYS = /** @type {const} */ ({ ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] });

export class Cells {
  column = 13;
  row = 7;
  /** Whether moving draws. */
  isDown = false;

  /**
   * @param {string} key
   * @param {boolean} shift
   * @param {Ink} ink
   * @param {number} width  of the brush
   * @returns {Happened | null} null: the key means nothing here
   */
  press(key, shift, ink, width) {
    const way = WAYS[/** @type {keyof typeof WAYS} */ (key)];
    if (way) {
      this.column = Math.min(CELLS - 1, Math.max(0, this.column + way[0]));
      this.row = Math.min(CELLS - 1, Math.max(0, this.row + way[1]));
      if (!this.isDown) return "moved";
      ink.extend(this.#point);
      return "inked";
    }
    if (key === " ") {
      this.isDown = false;
      ink.begin(shift ? "eraser" : "ink", width, this.#point);
      return shift ? "erased" : "inked";
    }
    if (key !== "Enter") return null;
    if (this.isDown) ink.end();
    this.isDown = !this.isDown && ink.begin("ink", width, this.#point);
    return this.isDown ? "down" : "up";
  }

  get #point() {
    return { x: (this.column + 0.5) / CELLS, y: (this.row + 0.5) / CELLS, pressure: 1 };
  }
}
