/**
 * ZIP archives (PKWARE APPNOTE 6.3.10), without encryption, spanning or ZIP64: written without compression, read with and without.
 *
 * @typedef {object} Entry
 * @property {string} name
 * @property {Uint8Array} bytes
 */
import { joined, little } from "./bytes.js";
import { crc32 } from "./checks.js";
import { inflated } from "./inflating.js";

const MOST_ENTRIES = 10_000;
const MOST_BYTES = 64 * 1024 * 1024; // of all that is in it, unpacked
const VERSION = 20;
const UTF_8 = 0x0800;
const NEW_YEAR_1980 = 0x0021; // the first day that the format can tell: the same drawings make the same file
const END_SIZE = 22;
const MOST_COMMENT = 65535;

/** @param {Uint8Array} bytes */
export function isZip(bytes) {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/** @param {readonly Entry[]} entries @returns {Uint8Array<ArrayBuffer>} */
export function zipOf(entries) {
  /** @type {Uint8Array[]} */
  const files = [];
  /** @type {Uint8Array[]} */
  const directory = [];
  let at = 0;
  for (const { name, bytes } of entries) {
    const named = new TextEncoder().encode(name);
    const common = joined([
      little(VERSION, 2), little(UTF_8, 2), little(0, 2), little(0, 2), little(NEW_YEAR_1980, 2),
      little(crc32(bytes), 4), little(bytes.length, 4), little(bytes.length, 4), little(named.length, 2), little(0, 2),
    ]); // prettier-ignore
    const file = joined([[0x50, 0x4b, 3, 4], common, named, bytes]);
    files.push(file);
    directory.push(joined([[0x50, 0x4b, 1, 2], little(VERSION, 2), common, little(0, 10), little(at, 4), named]));
    at += file.length;
  }
  const listing = joined(directory);
  const end = joined([[0x50, 0x4b, 5, 6], little(0, 4), little(entries.length, 2), little(entries.length, 2), little(listing.length, 4), little(at, 4), little(0, 2)]);
  return joined([...files, listing, end]);
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Entry[] | "broken" | "too_large">} its files, without the folders
 */
export async function readZip(bytes) {
  try {
    return await read(bytes);
  } catch {
    return "broken"; // it breaks off, or what is in it is not what it says
  }
}

/** @param {Uint8Array} bytes @returns {Promise<Entry[] | "broken" | "too_large">} */
async function read(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  if (end < 0) return "broken";
  const count = view.getUint16(end + 10, true);
  if (count > MOST_ENTRIES) return "too_large";
  /** @type {Entry[]} */
  const entries = [];
  let at = view.getUint32(end + 16, true);
  let left = MOST_BYTES;
  for (let i = 0; i < count; i += 1) {
    if (view.getUint32(at, true) !== 0x02014b50) return "broken";
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const size = view.getUint32(at + 24, true);
    if (size > left) return "too_large";
    if (!name.endsWith("/")) {
      const content = await contentOf(bytes, view, at, size);
      if (!content) return "broken";
      entries.push({ name, bytes: content });
      left -= size;
    }
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Where the record at the end begins; before it nothing is certain. @param {DataView} view */
function endOf(view) {
  for (let at = view.byteLength - END_SIZE; at >= Math.max(0, view.byteLength - END_SIZE - MOST_COMMENT); at -= 1) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  return -1;
}

/**
 * @param {Uint8Array} bytes
 * @param {DataView} view
 * @param {number} at  of its line in the directory
 * @param {number} size  unpacked
 * @returns {Promise<Uint8Array | null>}
 */
async function contentOf(bytes, view, at, size) {
  const isEncrypted = view.getUint16(at + 8, true) & 1;
  const method = view.getUint16(at + 10, true);
  const packedSize = view.getUint32(at + 20, true);
  const local = view.getUint32(at + 42, true);
  if (isEncrypted || view.getUint32(local, true) !== 0x04034b50) return null;
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const packed = bytes.subarray(start, start + packedSize);
  const content = method === 0 ? packed : method === 8 ? await inflated(packed, "deflate-raw", size) : null;
  return content?.length === size && crc32(content) === view.getUint32(at + 16, true) ? content : null;
}
