/**
 * What the doors of a workshop ask the server: an answer, or one sentence why there is none.
 *
 * @typedef {{ code: string, message: string }} Refusal
 * @typedef {import("./seat.js").Seat} Entry  a seat, just taken
 *
 * @typedef {object} Known  what anybody with the code may know of a workshop
 * @property {string} code
 * @property {string} host
 * @property {boolean} locked
 * @property {number} members  how many are there now
 * @property {string} address  where others join, as they type it
 * @property {boolean} for_others  whether others can reach it there
 */
import { _ } from "../i18n.js";

/** Whether one needs a key to begin a workshop. @returns {Promise<{ needs_key: boolean } | Refusal>} */
export function askDoor() {
  return ask("/api/workshops");
}

/** @param {string} name @param {string} key @returns {Promise<Entry | Refusal>} */
export function beginWorkshop(name, key) {
  return ask("/api/workshops", { name, key });
}

/** @param {string} code  as it was typed @returns {Promise<Known | Refusal>} */
export function lookAt(code) {
  return ask(`/api/workshops/${encodeURIComponent(code)}`);
}

/** @param {string} code @param {string} name @returns {Promise<Entry | Refusal>} */
export function takeSeat(code, name) {
  return ask(`/api/workshops/${encodeURIComponent(code)}/members`, { name });
}

/** @param {object} answer @returns {answer is Refusal} */
export function isRefusal(answer) {
  return "message" in answer;
}

/**
 * @param {string} path
 * @param {object} [body]
 */
async function ask(path, body) {
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(path, body ? { method: "POST", headers, body: JSON.stringify(body) } : {});
    const answer = await response.json();
    if (response.ok || typeof answer.message === "string") return answer;
    return { code: "not_understood", message: _("The server did not take that. Check what you typed.") };
  } catch {
    return { code: "not_connected", message: _("There is no connection to the server. Try again in a moment.") };
  }
}
