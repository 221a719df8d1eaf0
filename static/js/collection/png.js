/** A grey picture as a PNG file (PNG specification, 5 and 11.2), its pixels uncompressed: small enough, and the same everywhere. */
import { adler32, crc32 } from "./checks.js";
import { joined, wordBig as word } from "./bytes.js";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const EIGHT_BITS_GREY = [8, 0, 0, 0, 0];
const MOST_STORED = 65535;

/** @param {Uint8Array} pixels  row by row @param {number} width @returns {Uint8Array<ArrayBuffer>} */
export function pngOf(pixels, width) {
  const height = pixels.length / width;
  const rows = new Uint8Array(height * (width + 1)); // each begins with its filter: none
  for (let row = 0; row < height; row += 1) rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  if (rows.length > MOST_STORED) throw new RangeError(`expected a small picture, got ${rows.length} bytes`);
  const length = Uint8Array.of(rows.length & 255, rows.length >> 8);
  const zlib = joined([[0x78, 0x01, 0x01], length, length.map((byte) => ~byte), rows, word(adler32(rows))]);
  return joined([
    SIGNATURE,
    chunk("IHDR", joined([word(width), word(height), EIGHT_BITS_GREY])),
    chunk("IDAT", zlib),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** @param {string} kind @param {Uint8Array} data */
function chunk(kind, data) {
  const named = joined([new TextEncoder().encode(kind), data]);
  return joined([word(data.length), named, word(crc32(named))]);
}
