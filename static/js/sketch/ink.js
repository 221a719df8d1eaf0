/**
 * What was drawn, as it was drawn: strokes of points, the same on a pad of any size; under them a picture, if one was brought.
 *
 * Everything is a part of the pad's side, 0 to 1. Nothing that was drawn is ever changed: undo takes the last thing back, and
 * so does it with a clearing and with a picture, which takes the place of what was there. When as many points are drawn as are kept, the pad takes no more, and says so.
 *
 * @typedef {object} Point
 * @property {number} x
 * @property {number} y
 * @property {number} pressure  1: as wide as the brush
 *
 * @typedef {object} Stroke
 * @property {"ink" | "eraser"} kind
 * @property {number} width  of the brush
 * @property {Point[]} points
 *
 * @typedef {{ kind: "clear" }} Clearing
 * @typedef {{ kind: "picture", picture: import("./picture.js").Picture }} Laid
 */
import { readAgain, written as writtenPicture } from "./picture.js";

export const MOST_POINTS = 20_000;

/** Points nearer than that to the one before add nothing that can be seen. */
const LEAST_DISTANCE = 0.0012;

/** A hand that trembles on one spot; whoever draws more than that means something else. */
const MOST_OF_A_DOT = 200;

/** As numbers of four digits, so that a full pad fits into what a browser keeps for a page. */
const GRAIN = 10_000;

export class Ink {
  /** @type {(Stroke | Clearing | Laid)[]} */
  #done = [];
  #points = 0;
  /** Counts what is not drawn by going on from what is drawn already: undo, clear, and the end of a stroke. */
  turns = 0;
  /** Counts every change. */
  changes = 0;

  /** What was drawn of what is on the pad now. @returns {Stroke[]} */
  get strokes() {
    return /** @type {Stroke[]} */ (this.#done.slice(this.#begins + 1));
  }

  /** What it was drawn on. */
  get picture() {
    const first = this.#done[this.#begins];
    return first?.kind === "picture" ? first.picture : null;
  }

  get points() {
    return this.#points;
  }

  get isFull() {
    return this.#points >= MOST_POINTS;
  }

  get isEmpty() {
    return this.#points === 0 && !this.picture;
  }

  /** Whether it is one dot, that has no length: round and filled, it would be seen as large as a digit. */
  get isDot() {
    if (this.picture || this.isEmpty || this.#points > MOST_OF_A_DOT) return false;
    const points = this.strokes.flatMap((stroke) => (stroke.kind === "ink" ? stroke.points : []));
    const [width = 0] = this.strokes.map((stroke) => stroke.width);
    const spans = [points.map(({ x }) => x), points.map(({ y }) => y)].map((places) => Math.max(...places) - Math.min(...places));
    return points.length > 0 && Math.hypot(...spans) < width / 2;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  /** Where the pad was emptied last, or a picture laid on it. */
  get #begins() {
    for (let i = this.#done.length - 1; i >= 0; i -= 1) {
      const kind = this.#done[i]?.kind;
      if (kind === "clear" || kind === "picture") return i;
    }
    return -1;
  }

  /**
   * Begins a stroke.
   * @param {Stroke["kind"]} kind
   * @param {number} width
   * @param {Point} point
   * @returns {boolean} whether there was room for it
   */
  begin(kind, width, point) {
    if (this.isFull) return false;
    this.#done.push({ kind, width: grain(width), points: [grained(point)] });
    this.#points += 1;
    this.changes += 1;
    return true;
  }

  /**
   * Goes on with the stroke that was begun last.
   * @param {Point} point
   * @returns {boolean} whether there was room for it
   */
  extend(point) {
    const stroke = this.#done.at(-1);
    if (!stroke || stroke.kind === "clear" || stroke.kind === "picture") return false;
    const last = stroke.points.at(-1);
    if (last && Math.hypot(point.x - last.x, point.y - last.y) < LEAST_DISTANCE) return true;
    if (this.isFull) return false;
    stroke.points.push(grained(point));
    this.#points += 1;
    this.changes += 1;
    return true;
  }

  /** Ends a stroke: what was a provisional straight end is drawn as it would be at once, so that it is the same after a reload. */
  end() {
    this.turns += 1;
    this.changes += 1;
  }

  /** Takes the last stroke or clearing back. */
  undo() {
    if (!this.#done.pop()) return;
    this.#count();
  }

  /** Empties the pad. What was on it before can be had back, what an earlier clearing took cannot. */
  clear() {
    if (this.isEmpty) return;
    this.#beginWith({ kind: "clear" });
  }

  /** Lays a picture in the place of what is on the pad. @param {import("./picture.js").Picture} picture */
  lay(picture) {
    this.#beginWith({ kind: "picture", picture });
  }

  /** @param {Clearing | Laid} first */
  #beginWith(first) {
    this.#done = [...this.#done.slice(Math.max(0, this.#begins)), first];
    this.#count();
  }

  #count() {
    this.#points = this.strokes.reduce((sum, { points }) => sum + points.length, 0);
    this.turns += 1;
    this.changes += 1;
  }

  /** As text, to be kept over a reload. */
  write() {
    /** @param {number} value */
    const whole = (value) => Math.round(value * GRAIN); // they are already
    return JSON.stringify(
      this.#done.map((one) => {
        if (one.kind === "clear") return 0;
        if (one.kind === "picture") return ["picture", ...writtenPicture(one.picture)];
        return [one.kind === "ink" ? 1 : 2, whole(one.width), ...one.points.flatMap(({ x, y, pressure }) => [whole(x), whole(y), whole(pressure)])];
      }),
    );
  }

  /**
   * What was written; an empty pad where that is not ink.
   * @param {string | null} text
   * @returns {Ink}
   */
  static read(text) {
    const ink = new Ink();
    /** @type {unknown} */
    let written;
    try {
      written = JSON.parse(text ?? "[]");
    } catch {
      return ink;
    }
    for (const one of Array.isArray(written) ? written : []) {
      const picture = Array.isArray(one) && one[0] === "picture" ? readAgain(one.slice(1)) : null;
      if (one === 0) ink.#done.push({ kind: "clear" });
      else if (picture) ink.#done.push({ kind: "picture", picture });
      else if (isWritten(one)) ink.#done.push(readStroke(one));
    }
    ink.#count();
    return ink;
  }
}

/** As it will be read again. @param {Point} point @returns {Point} */
function grained({ x, y, pressure }) {
  return { x: grain(x), y: grain(y), pressure: grain(pressure) };
}

/** @param {number} value */
function grain(value) {
  return Math.round(value * GRAIN) / GRAIN;
}

/** @param {unknown} one @returns {one is number[]} */
function isWritten(one) {
  return Array.isArray(one) && one.length >= 5 && (one.length - 2) % 3 === 0 && one.length < 3 * MOST_POINTS + 3 && one.every(Number.isFinite);
}

/** @param {number[]} numbers @returns {Stroke} */
function readStroke([kind = 1, width = 0, ...rest]) {
  /** @type {Point[]} */
  const points = [];
  for (let i = 0; i < rest.length; i += 3) {
    points.push({ x: (rest[i] ?? 0) / GRAIN, y: (rest[i + 1] ?? 0) / GRAIN, pressure: (rest[i + 2] ?? 0) / GRAIN });
  }
  return { kind: kind === 2 ? "eraser" : "ink", width: width / GRAIN, points };
}
