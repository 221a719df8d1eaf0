/**
 * A person's drawings as files: IDX, four files as MNIST has them, or a PNG for each; either in one archive.
 *
 * @typedef {import("./drawings.js").KeptDrawing} KeptDrawing
 */
import { idxOf } from "./idx.js";
import { joined } from "./bytes.js";
import { pngOf } from "./png.js";
import { zipOf } from "./zip.js";

const SIDE = 28;
export const HELD_OUT_FOLDER = "held-out";
const TRAIN_FOLDER = "train";

/** Under MNIST's names, so that whatever reads MNIST reads these. @param {readonly KeptDrawing[]} drawings */
export function idxArchive(drawings) {
  return zipOf(
    [
      { prefix: "train", chosen: drawings.filter(({ heldOut }) => !heldOut) },
      { prefix: "t10k", chosen: drawings.filter(({ heldOut }) => heldOut) },
    ].flatMap(({ prefix, chosen }) => [
      { name: `${prefix}-images-idx3-ubyte`, bytes: idxOf({ shape: [chosen.length, SIDE, SIDE], values: joined(chosen.map(({ pixels }) => pixels)) }) },
      { name: `${prefix}-labels-idx1-ubyte`, bytes: idxOf({ shape: [chosen.length], values: Uint8Array.from(chosen, ({ label }) => label) }) },
    ]),
  );
}

/** What each is stands first in its name; so they can be imported again. @param {readonly KeptDrawing[]} drawings */
export function pngArchive(drawings) {
  const digits = String(drawings.length).length;
  return zipOf(
    drawings.map(({ label, heldOut, pixels }, i) => ({
      name: `${heldOut ? HELD_OUT_FOLDER : TRAIN_FOLDER}/${label}-${String(i + 1).padStart(digits, "0")}.png`,
      bytes: pngOf(pixels, SIDE),
    })),
  );
}

/** Has the browser save a file. @param {string} name @param {Uint8Array<ArrayBuffer>} bytes */
export function save(name, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may still be reading it
}
