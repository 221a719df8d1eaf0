/**
 * Drawings out of files that somebody brings: archives, IDX files in pairs, pictures with what they are first in their names. All of
 * them are checked before any is kept, and what is wrong is said by name.
 *
 * @typedef {import("./drawings.js").KeptDrawing} KeptDrawing
 * @typedef {import("./zip.js").Entry} Entry
 *
 * @typedef {{ drawings: KeptDrawing[] } | { refused: string }} Imported
 */
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { decode } from "../picture/decoding.js";
import { headerOf } from "../picture/header.js";
import { pictureOf } from "../sketch/picture.js";
import { AREA, CLASSES, MOST_DRAWINGS } from "./drawings.js";
import { HELD_OUT_FOLDER } from "./exporting.js";
import { isIdx, readIdx } from "./idx.js";
import { inflated } from "./inflating.js";
import { isZip, readZip } from "./zip.js";

const SIDE = 28;
const MOST_UNPACKED = 16 * 1024 * 1024;
const MOST_FILE_BYTES = 64 * 1024 * 1024;
const DARK = 64; // a 28 x 28 picture with corners as dark as that is a digit as MNIST has them, and taken as it is

/** What can't be taken, as a sentence. */
class NotTaken extends Error {}

/** @param {readonly File[]} files @returns {Promise<Imported>} */
export async function drawingsOf(files) {
  try {
    const entries = (await Promise.all(files.map(unpacked))).flat();
    const labels = entries.filter(({ bytes }) => isIdx(bytes) && bytes[3] === 1);
    const images = entries.filter(({ bytes }) => isIdx(bytes) && bytes[3] !== 1);
    const pictures = entries.filter(({ bytes }) => !isIdx(bytes));
    if (pictures.length > MOST_DRAWINGS) throw new NotTaken(tooMany(pictures.length));
    const drawings = pairs(images, labels).flatMap(([image, label]) => drawingsOfPair(image, label));
    for (const picture of pictures) drawings.push(await drawingOf(picture));
    if (drawings.length === 0) throw new NotTaken(_("There are no drawings in that."));
    return { drawings };
  } catch (error) {
    if (error instanceof NotTaken) return { refused: error.message };
    throw error;
  }
}

/** A file, or what is in it. @param {File} file @returns {Promise<Entry[]>} */
async function unpacked(file) {
  const { name } = file;
  if (file.size > MOST_FILE_BYTES) throw new NotTaken(_("{name} is too large to be a collection of drawings.", { name }));
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length === 0) throw new NotTaken(_("{name} is empty.", { name }));
  if (isZip(bytes)) {
    const entries = await readZip(bytes);
    if (entries === "broken") throw new NotTaken(_("The archive {name} is damaged.", { name }));
    if (entries === "too_large") throw new NotTaken(_("{name} is too large to be a collection of drawings.", { name }));
    return entries.filter((entry) => !entry.name.startsWith("__MACOSX/"));
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return [{ name, bytes }];
  const whole = await inflated(bytes, "gzip", MOST_UNPACKED);
  if (!whole) throw new NotTaken(_("{name} is damaged or too large.", { name }));
  return [{ name: name.replace(/\.gz$/i, ""), bytes: whole }];
}

/** Images and the labels that go with them, by their names where there are several. @param {Entry[]} images @param {Entry[]} labels */
function pairs(images, labels) {
  if (images.length === 1 && labels.length === 1) return /** @type {[Entry, Entry][]} */ ([[images[0], labels[0]]]);
  const found = images.map((image) => {
    const name = image.name.replace("images", "labels").replace("idx3", "idx1");
    const label = labels.find((one) => one.name === name);
    if (!label) throw new NotTaken(_("There are no labels for {name}: choose both files, named as MNIST's are.", { name: image.name }));
    return /** @type {[Entry, Entry]} */ ([image, label]);
  });
  const alone = labels.find((label) => !found.some(([, other]) => other === label));
  if (alone) throw new NotTaken(_("There are no images for {name}: choose both files, named as MNIST's are.", { name: alone.name }));
  return found;
}

/** @param {Entry} image @param {Entry} label @returns {KeptDrawing[]} */
function drawingsOfPair(image, label) {
  const [images, labels] = [image, label].map(({ name, bytes }) => {
    const idx = readIdx(bytes);
    if (idx === "not_bytes") throw new NotTaken(_("{name} is not an IDX file of bytes.", { name }));
    if (idx === "wrong_length") throw new NotTaken(_("{name} is not as long as its header says.", { name }));
    return idx;
  });
  if (!images || !labels) return [];
  const [count = 0, height, width] = images.shape;
  if (images.shape.length !== 3 || height !== SIDE || width !== SIDE) throw new NotTaken(_("{name} does not hold images of 28 × 28 pixels.", { name: image.name }));
  if (labels.shape[0] !== count) {
    throw new NotTaken(_("{name} holds {labels} labels for {images} images.", { name: label.name, labels: integer(labels.shape[0]), images: integer(count) }));
  }
  if (count > MOST_DRAWINGS) throw new NotTaken(tooMany(count));
  const odd = labels.values.find((value) => value >= CLASSES);
  if (odd !== undefined) throw new NotTaken(_("{name} holds the label {label}: only digits from 0 to 9 can be kept.", { name: label.name, label: odd }));
  const heldOut = /t10k|test|held/i.test(image.name);
  return Array.from({ length: count }, (_drawing, i) => ({
    id: 0,
    label: labels.values[i] ?? 0,
    heldOut,
    pixels: images.values.slice(i * AREA, (i + 1) * AREA),
  }));
}

/** @param {Entry} entry  a picture @returns {Promise<KeptDrawing>} */
async function drawingOf({ name, bytes }) {
  if (!headerOf(bytes)) throw new NotTaken(_("{name} is neither IDX nor a PNG, JPEG or WebP picture.", { name }));
  const label = /^([0-9])(?![0-9])/.exec(name.split("/").at(-1) ?? "")?.[1];
  if (!label) throw new NotTaken(_("What {name} shows must stand first in its name, as in 4-0001.png.", { name }));
  const grey = await decode(new Blob([bytes.slice()]));
  if (typeof grey === "string") throw new NotTaken(_("{name} is damaged or too large.", { name }));
  const { values, width, height } = grey;
  const corners = [0, width - 1, values.length - width, values.length - 1];
  const isDigit = width === SIDE && height === SIDE && corners.every((at) => (values[at] ?? 0) < DARK);
  const seen = isDigit ? { pixels: values } : pictureOf(grey);
  if (typeof seen === "string") throw new NotTaken(_("No ink was found in {name}. A digit on plain paper is seen best.", { name }));
  return { id: 0, label: Number(label), heldOut: name.split("/").includes(HELD_OUT_FOLDER), pixels: seen.pixels };
}

/** @param {number} count */
function tooMany(count) {
  return _("That is {count} drawings; a collection holds {most}, so none was taken.", { count: integer(count), most: integer(MOST_DRAWINGS) });
}
