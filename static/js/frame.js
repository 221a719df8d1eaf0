/**
 * Reads frames: MessagePack with binary tensors, to typed arrays that look into the message where they can.
 *
 * No byte is trusted: what is not a frame, or does not fit the manifest, is dropped and counted.
 *
 * @typedef {import("./protocol").Frame} Frame
 * @typedef {import("./protocol").Manifest} Manifest
 * @typedef {import("./protocol").TensorInfo} TensorInfo
 *
 * @typedef {object} DecodedTensor
 * @property {TensorInfo} info
 * @property {number} scale  value = values[i] * scale
 * @property {Int8Array | Uint8Array | Float32Array} values
 *
 * @typedef {object} DecodedFrame
 * @property {Frame} frame
 * @property {Map<string, DecodedTensor>} tensors  by address, such as dense1.z
 */
import { decode } from "@msgpack/msgpack";

/** @type {import("./protocol").ProtocolVersion} */
export const PROTOCOL_VERSION = 3;

/** How many messages and tensors were not what they should be. */
export const dropped = { frames: 0, tensors: 0 };

/**
 * @param {Uint8Array} bytes
 * @param {Manifest} manifest
 * @returns {DecodedFrame | null} null: dropped
 */
export function decodeFrame(bytes, manifest) {
  const frame = readFrame(bytes);
  return frame && openFrame(frame, manifest);
}

/**
 * Reads what is common to all frames and leaves the tensors closed.
 * @param {Uint8Array} bytes
 * @returns {Frame | null}
 */
export function readFrame(bytes) {
  try {
    const frame = /** @type {Frame} */ (decode(bytes));
    if (isFrame(frame)) return frame;
  } catch {
    // not MessagePack: counted below
  }
  dropped.frames += 1;
  return null;
}

/**
 * Opens the tensors of a frame by the manifest it names.
 * @param {Frame} frame
 * @param {Manifest} manifest
 * @returns {DecodedFrame | null} null: the manifest is another's
 */
export function openFrame(frame, manifest) {
  if (frame.manifest !== manifest.id) {
    dropped.frames += 1;
    return null;
  }
  const infos = infosOf(manifest);
  /** @type {Map<string, DecodedTensor>} */
  const tensors = new Map();
  for (const tensor of frame.tensors) {
    const [id, scale, data] = Array.isArray(tensor) ? tensor : [];
    const info = typeof id === "number" ? infos.get(id) : undefined;
    const values = info && typeof scale === "number" && data instanceof Uint8Array ? view(info, data) : null;
    if (info && values && scale !== undefined) tensors.set(info.name, { info, scale, values });
    else dropped.tensors += 1;
  }
  return { frame, tensors };
}

/** @param {Frame} frame */
function isFrame(frame) {
  return (
    typeof frame === "object" &&
    frame !== null &&
    frame.v === PROTOCOL_VERSION &&
    (frame.part === "units" || frame.part === "matrices") &&
    Number.isSafeInteger(frame.n) &&
    Number.isSafeInteger(frame.step) &&
    Number.isFinite(frame.epoch) &&
    Number.isFinite(frame.time) &&
    Array.isArray(frame.tensors)
  );
}

/** @type {WeakMap<Manifest, Map<number, TensorInfo>>} */
const known = new WeakMap();

/** @param {Manifest} manifest */
function infosOf(manifest) {
  let infos = known.get(manifest);
  if (!infos) known.set(manifest, (infos = new Map(manifest.tensors.map((info) => [info.id, info]))));
  return infos;
}

/**
 * @param {TensorInfo} info
 * @param {Uint8Array} data
 */
function view(info, data) {
  const count = info.shape.reduce((product, size) => product * size, 1);
  if (info.encoding === "float32") {
    if (data.byteLength !== 4 * count) return null;
    // A float32 view must begin at a multiple of four; a message gives no such promise.
    const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
    return new Float32Array(aligned.buffer, aligned.byteOffset, count);
  }
  if (data.byteLength !== count) return null;
  return info.encoding === "int8" ? new Int8Array(data.buffer, data.byteOffset, count) : data;
}
