/**
 * The networks that can read a drawing: the live run, the trained ones of the package, and the copy one teaches.
 *
 * @typedef {import("../protocol").NetworkOpened} NetworkOpened
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 *
 * @typedef {object} Reader
 * @property {NetworkOpened | null} opened  null: not asked yet, or refused
 * @property {DecodedFrame | null} matrices  its weights
 * @property {string} refusal  why it can't read; empty: it can
 *
 * @typedef {Record<string, Reader>} Readers
 */
import { send } from "../connection.js";
import { openFrame, readFrame } from "../frame.js";
import { store } from "../store.js";

export const PACKAGED = ["conv", "dense"];
export const RUN = "run";

/** @param {string} name @returns {Reader | undefined} */
export function readerOf(name) {
  return store.state.readers[name];
}

/**
 * Asks what a network is. Refusals of a network are its reader's, not the page's.
 * @param {string} name
 * @returns {Promise<string>} the code of the refusal; empty: it is open
 */
export async function openReader(name) {
  const reply = await send({ type: "open_network", network: name });
  if (reply.type === "network") {
    const matrices = decoded(reply.matrices, reply.manifest);
    set(name, { opened: reply, matrices, refusal: "" });
    return "";
  }
  if (reply.type !== "error") return "unknown";
  if (store.state.error === reply) store.set({ error: null });
  if (reply.code !== "not_connected") set(name, { opened: null, matrices: null, refusal: reply.message });
  return reply.code;
}

/** @param {string} name */
export function forgetReader(name) {
  const readers = { ...store.state.readers };
  delete readers[name];
  store.set({ readers });
}

/** @param {string} name @param {Reader} reader */
function set(name, reader) {
  store.set({ readers: { ...store.state.readers, [name]: reader } });
}

/**
 * A frame that came inside of a reply.
 * @param {string} base64
 * @param {import("../protocol").Manifest} manifest
 * @returns {DecodedFrame | null}
 */
export function decoded(base64, manifest) {
  if (!base64) return null;
  const frame = readFrame(bytesOf(base64));
  return frame && openFrame(frame, manifest);
}

/** @param {string} base64 @returns {Uint8Array} empty where it is none */
export function bytesOf(base64) {
  try {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = text.charCodeAt(i); // many times faster than Uint8Array.from
    return bytes;
  } catch {
    return new Uint8Array();
  }
}
