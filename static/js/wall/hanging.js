/**
 * What hangs on the class wall, as this page was told.
 *
 * @typedef {import("../protocol").WallDrawing} WallDrawing
 *
 * @typedef {object} Hanging
 * @property {ReadonlyMap<string, WallDrawing>} drawings  by id, in the order in which they were hung
 * @property {number[][]} confusion  rows what they are said to be, columns what was read
 * @property {import("../protocol").WallTrained | null} trained
 * @property {import("../protocol").PracticeProgress | null} progress  of the training that is under way
 */

/**
 * The wall after some news; drawings that did not change stay the same objects.
 * @param {Hanging | null} wall
 * @param {import("../protocol").Wall} news
 * @returns {Hanging}
 */
export function withNews(wall, { whole, drawings, gone, confusion, trained, progress }) {
  const now = new Map(whole ? [] : wall?.drawings);
  for (const id of gone) now.delete(id);
  for (const drawing of drawings) now.set(drawing.id, drawing);
  return { drawings: now, confusion, trained, progress };
}

/** Of all that were read: how many, and how many as they are said to be. @param {Hanging} wall */
export function readRightly({ confusion }) {
  const read = confusion.flat().reduce((sum, count) => sum + count, 0);
  return { read, right: confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0) };
}
