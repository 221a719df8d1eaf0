/**
 * A person's own drawings, what they are, and which of them are only tested with: the rules, without a browser.
 *
 * @typedef {object} KeptDrawing
 * @property {number} id  0: not kept yet
 * @property {number} label
 * @property {boolean} heldOut  a network is tested with it, never trained on it
 * @property {Uint8Array} pixels  784
 *
 * @typedef {object} Sorted
 * @property {KeptDrawing[]} taken
 * @property {number} known  are there already, pixel for pixel and by the same name
 * @property {number} over  find no room
 */

export const CLASSES = 10;
export const AREA = 28 * 28;

/** As many as a copy takes on the server: more than a person draws, 1.6 MB. */
export const MOST_DRAWINGS = 2000;

/** Of each class the third of every four is held out: three drawings of a digit are enough to test one. */
const ROUND = 4;
const HELD_OUT = 2;

/** Whether the next drawing of a class is held out. @param {readonly KeptDrawing[]} drawings @param {number} label */
export function nextIsHeldOut(drawings, label) {
  const { train, heldOut } = countsOf(drawings)[label] ?? { train: 0, heldOut: 0 };
  return (train + heldOut) % ROUND === HELD_OUT;
}

/** How many of each class. @param {readonly KeptDrawing[]} drawings @returns {{ train: number, heldOut: number }[]} */
export function countsOf(drawings) {
  const counts = Array.from({ length: CLASSES }, () => ({ train: 0, heldOut: 0 }));
  for (const { label, heldOut } of drawings) {
    const count = counts[label];
    if (count) count[heldOut ? "heldOut" : "train"] += 1;
  }
  return counts;
}

/**
 * What of some more drawings can be kept beside those that are there.
 * @param {readonly KeptDrawing[]} drawings
 * @param {Iterable<KeptDrawing>} more
 * @returns {Sorted}
 */
export function sorted(drawings, more) {
  const known = new Set(drawings.map(fingerprint));
  const found = { taken: /** @type {KeptDrawing[]} */ ([]), known: 0, over: 0 };
  for (const drawing of more) {
    const print = fingerprint(drawing);
    if (known.has(print)) found.known += 1;
    else if (known.size >= MOST_DRAWINGS) found.over += 1;
    else {
      found.taken.push(drawing);
      known.add(print);
    }
  }
  return found;
}

/** @param {KeptDrawing} drawing */
function fingerprint({ label, pixels }) {
  return `${label} ${pixels.join()}`;
}
