/**
 * Curves as columns for a chart no wider than so many pixels. Pure.
 *
 * Where there are more points than pixels, each pixel keeps its lowest and its highest: every point drawn is a measured one,
 * and no peak is lost.
 */

/** @typedef {(number | null)[]} Column */

/**
 * @template {{ step: number }} Point
 * @param {readonly Point[]} points  in order of step
 * @param {number} pixels
 * @param {(point: Point) => number | null} value  whose extremes are kept
 * @returns {readonly Point[]}
 */
export function thin(points, pixels, value) {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length <= 2 * pixels) return points;
  const width = (last.step - first.step || 1) / pixels;
  /** @type {Point[]} */
  const kept = [];
  let bucket = 0;
  /** @type {Point | null} */
  let low = null;
  /** @type {Point | null} */
  let high = null;
  for (const point of points) {
    const place = Math.floor((point.step - first.step) / width);
    if (place !== bucket) {
      flush();
      bucket = place;
    }
    const size = value(point);
    if (size === null) continue;
    if (!low || size < (value(low) ?? 0)) low = point;
    if (!high || size > (value(high) ?? 0)) high = point;
  }
  flush();
  if (kept.at(-1) !== last) kept.push(last);
  return kept;

  function flush() {
    if (low && high) kept.push(...(low === high ? [low] : low.step < high.step ? [low, high] : [high, low]));
    low = high = null;
  }
}

/**
 * Puts two lists of points on one axis of steps.
 * @template {{ step: number }} A
 * @template {{ step: number }} B
 * @param {readonly A[]} first
 * @param {((point: A) => number | null)[]} firstValues
 * @param {readonly B[]} second
 * @param {((point: B) => number | null)[]} secondValues
 * @returns {{ steps: number[], columns: Column[] }}
 */
export function align(first, firstValues, second, secondValues) {
  /** @type {number[]} */
  const steps = [];
  const columns = [...firstValues, ...secondValues].map(() => /** @type {Column} */ ([]));
  let i = 0;
  let j = 0;
  while (i < first.length || j < second.length) {
    const a = first[i];
    const b = second[j];
    const step = Math.min(a?.step ?? Infinity, b?.step ?? Infinity);
    const [atA, atB] = [a?.step === step, b?.step === step];
    steps.push(step);
    firstValues.forEach((value, k) => columns[k]?.push(a && atA ? value(a) : null));
    secondValues.forEach((value, k) => columns[firstValues.length + k]?.push(b && atB ? value(b) : null));
    i += Number(atA);
    j += Number(atB);
  }
  return { steps, columns };
}

/**
 * The value of a column at a position, or the last one before it.
 * @param {ArrayLike<number | null | undefined>} column
 * @param {number} position
 */
export function valueUpTo(column, position) {
  for (let i = position; i >= 0; i--) {
    const value = column[i];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** The next round number that is not below. @param {number} value */
export function roundUp(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= value * 0.999) ?? 10;
  return step * power;
}
