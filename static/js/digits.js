/** Small grey images out of the manifest, drawn in the ink of the theme. */

/**
 * @param {string} base64
 * @param {number} count
 * @param {number} area  pixels of one
 * @returns {Uint8Array[]} one array of grey values an image; none where the text does not hold that many
 */
export function readImages(base64, count, area) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return [];
  }
  if (bytes.length !== count * area) return [];
  return Array.from({ length: count }, (_image, position) => bytes.subarray(position * area, (position + 1) * area));
}

/**
 * Draws grey values as ink of one colour, so that the same digit is white on black or black on white.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels
 * @param {readonly number[]} shape  height and width
 * @param {"dark" | "light"} theme
 */
export function drawDigit(canvas, pixels, [height = 1, width = 1], theme) {
  const context = canvas.getContext("2d");
  if (!context) return;
  canvas.width = width;
  canvas.height = height;
  const image = context.createImageData(width, height);
  const ink = theme === "dark" ? 0xffffff : 0x121212;
  const out = new Uint32Array(image.data.buffer); // little-endian RGBA, a whole pixel at a time
  for (let pixel = 0; pixel < out.length; pixel++) out[pixel] = (((pixels[pixel] ?? 0) << 24) | ink) >>> 0;
  context.putImageData(image, 0, 0);
}

/**
 * Draws grey values as they are, as of a photo.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels
 * @param {readonly number[]} shape  height and width
 */
export function drawGrey(canvas, pixels, [height = 1, width = 1]) {
  const context = canvas.getContext("2d");
  if (!context) return;
  canvas.width = width;
  canvas.height = height;
  const image = context.createImageData(width, height);
  const out = new Uint32Array(image.data.buffer);
  for (let pixel = 0; pixel < out.length; pixel++) out[pixel] = (0xff000000 | ((pixels[pixel] ?? 0) * 0x010101)) >>> 0;
  context.putImageData(image, 0, 0);
}
