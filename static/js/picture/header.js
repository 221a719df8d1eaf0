/**
 * What the first bytes of a picture's file say: its format and its size. They are read before anything is decoded, because a file of
 * a few kilobytes can announce a picture that fills the memory.
 *
 * Sources: PNG specification, 5.2 and 11.2.2; ITU-T T.81 (JPEG), B.1.1.3 and B.2.2; WebP container specification, RFC 9649, 2.5 to 2.7.
 *
 * @typedef {object} Header
 * @property {"png" | "jpeg" | "webp"} format
 * @property {number} width
 * @property {number} height
 */

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * @param {Uint8Array} bytes
 * @returns {Header | null} null: it is none of the three, or it breaks off before it says its size
 */
export function headerOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (PNG.every((byte, i) => bytes[i] === byte)) return text(bytes, 12) === "IHDR" ? sized("png", view.getUint32(16), view.getUint32(20)) : null;
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(view);
    if (text(bytes, 0) === "RIFF" && text(bytes, 8) === "WEBP") return webp(bytes, view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // it breaks off
  }
  return null;
}

/** @param {Header["format"]} format @param {number} width @param {number} height @returns {Header | null} */
function sized(format, width, height) {
  return width > 0 && height > 0 ? { format, width, height } : null;
}

/** Four letters. @param {Uint8Array} bytes @param {number} at */
function text(bytes, at) {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** Goes from marker to marker until a frame begins. @param {DataView} view */
function jpeg(view) {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return sized("jpeg", view.getUint16(at + 7), view.getUint16(at + 5));
    if (marker === 0xff) at += 1; // a byte that fills
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
    else if (marker === 0xd9 || marker === 0xda) return null;
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
}

/** @param {Uint8Array} bytes @param {DataView} view */
function webp(bytes, view) {
  switch (text(bytes, 12)) {
    case "VP8X":
      return sized("webp", 1 + (view.getUint32(24, true) & 0xffffff), 1 + (view.getUint32(26, true) >>> 8));
    case "VP8 ":
      return sized("webp", view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return sized("webp", 1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff));
    }
    default:
      return null;
  }
}
