/**
 * IDX, the format of MNIST's files, written and read: the twin of `engine/data/idx.py`, which tells the layout.
 *
 * @typedef {object} Idx
 * @property {readonly number[]} shape
 * @property {Uint8Array} values  the last dimension fastest
 */
import { joined, wordBig } from "./bytes.js";

const MOST_DIMENSIONS = 4;

/** Whether bytes look like IDX at all. @param {Uint8Array} bytes */
export function isIdx(bytes) {
  return bytes[0] === 0 && bytes[1] === 0 && bytes.length >= 4;
}

/** @param {Idx} idx @returns {Uint8Array<ArrayBuffer>} */
export function idxOf({ shape, values }) {
  return joined([[0, 0, 8, shape.length], ...shape.map(wordBig), values]);
}

/**
 * @param {Uint8Array} bytes
 * @returns {Idx | "not_bytes" | "wrong_length"}
 */
export function readIdx(bytes) {
  const dimensions = bytes[3] ?? 0;
  if (!isIdx(bytes) || bytes[2] !== 8 || dimensions < 1 || dimensions > MOST_DIMENSIONS) return "not_bytes";
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) return "wrong_length";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_size, i) => view.getUint32(4 + 4 * i));
  const values = bytes.subarray(start);
  return shape.reduce((all, size) => all * size, 1) === values.length ? { shape, values } : "wrong_length";
}
