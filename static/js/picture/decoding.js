/**
 * A picture that somebody brought, decoded to grey values by the browser, as `app/datasets/picture.py` does it for programs: ITU-R 601
 * luma, held upright, and what is transparent seen on white, or on black if what is drawn there is light.
 *
 * @typedef {"empty" | "unknown" | "too_many_bytes" | "too_many_pixels" | "broken"} Unreadable
 *
 * @typedef {object} Grey
 * @property {Uint8Array} values  row by row
 * @property {number} width
 * @property {number} height
 */
import { headerOf } from "./header.js";

export const MOST_BYTES = 32 * 1024 * 1024;
export const MOST_PIXELS = 50_000_000; // what phones make; decoded, four times as many bytes

/** Pixels of the longer side that are looked at: more of them show no more of a digit. */
const MOST_SIDE = 1024;

/**
 * @param {Blob} file
 * @returns {Promise<Grey | Unreadable>}
 */
export async function decode(file) {
  if (file.size === 0) return "empty";
  if (file.size > MOST_BYTES) return "too_many_bytes";
  const header = headerOf(new Uint8Array(await file.arrayBuffer()));
  if (!header) return "unknown";
  if (header.width * header.height > MOST_PIXELS) return "too_many_pixels";
  const share = Math.min(1, MOST_SIDE / Math.max(header.width, header.height));
  let bitmap;
  try {
    const whole = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
    bitmap = share < 1 ? await smaller(whole, share) : whole;
  } catch {
    return "broken"; // whatever a decoder stumbles over, the picture is what is wrong
  }
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return "broken";
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { values: greyOf(data), width, height };
}

/** @param {ImageBitmap} whole  its sides may have changed places with the header's @param {number} share */
async function smaller(whole, share) {
  const bitmap = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(whole.width * share)),
    resizeHeight: Math.max(1, Math.round(whole.height * share)),
    resizeQuality: "high",
  });
  whole.close();
  return bitmap;
}

/** @param {Uint8ClampedArray} rgba @returns {Uint8Array} */
function greyOf(rgba) {
  const grey = new Uint8Array(rgba.length / 4);
  let there = 0;
  let light = 0;
  for (let i = 0; i < grey.length; i += 1) {
    const at = 4 * i;
    grey[i] = (19595 * (rgba[at] ?? 0) + 38470 * (rgba[at + 1] ?? 0) + 7471 * (rgba[at + 2] ?? 0) + 32768) >> 16;
    there += rgba[at + 3] ?? 0;
    light += (grey[i] ?? 0) * (rgba[at + 3] ?? 0);
  }
  if (there === 255 * grey.length) return grey;
  const paper = light <= 127.5 * there ? 255 : 0;
  return grey.map((value, i) => Math.round(paper + ((value - paper) * (rgba[4 * i + 3] ?? 0)) / 255));
}
