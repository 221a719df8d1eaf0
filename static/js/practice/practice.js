/**
 * A network practises on somebody's own drawings, alone or mixed with MNIST: in a copy, which is measured before and after.
 *
 * @typedef {import("../protocol").Practised} Practised
 *
 * @typedef {object} Practice
 * @property {number} share  of MNIST in each minibatch
 * @property {number} steps
 * @property {number} rate
 * @property {boolean} busy
 * @property {import("../protocol").PracticeProgress | null} progress  how far it is; null: nothing was told yet
 * @property {string} refusal  why the last one was not done
 * @property {readonly Try[]} tries  the last one first
 *
 * @typedef {object} Try
 * @property {number} share
 * @property {number} rate
 * @property {string} network  that practised
 * @property {Practised} answer
 */
import { send } from "../connection.js";
import { bytesToText } from "../collection/bytes.js";
import { countsOf } from "../collection/drawings.js";
import { learned } from "../lesson/lesson.js";
import { COPY } from "../reading/copy.js";
import { store } from "../store.js";

/** What one may choose. */
export const SHARES = { most: 0.9, step: 0.1 };
export const STEPS = [20, 100, 300];
export const RATES = [0.005, 0.02, 0.05, 0.2];

const AT_ONCE = 40; // drawings of one command
const KEPT_TRIES = 6;
const AGAIN_AFTER = 300; // milliseconds
const MOST_AGAIN = 20;

/** @param {Partial<Practice>} patch */
export function changePractice(patch) {
  store.set({ practice: { ...store.state.practice, ...patch } });
}

/** Whether there is anything to train on. */
export function canPractise() {
  return countsOf(store.state.collection.drawings ?? []).some(({ train }) => train > 0);
}

/** Gives the drawings to a copy of whoever reads, and has it practise. */
export async function practise() {
  const { reader, practice } = store.state;
  const { share, rate, steps } = practice;
  if (practice.busy || !canPractise()) return;
  changePractice({ busy: true, progress: null, refusal: "" });
  const refused = await give(reader);
  if (refused) return refuse(refused);
  COPY.made(reader);
  const reply = await send({ type: "practise", copy_name: COPY.name, steps, learning_rate: rate, mnist_share: share });
  if (reply.type !== "practised") return refuse(reply);
  await learned(reply);
  const tries = [{ share, rate, network: COPY.base, answer: reply }, ...store.state.practice.tries];
  changePractice({ busy: false, tries: tries.slice(0, KEPT_TRIES) });
}

/**
 * Piece by piece, because a message has its bounds.
 * @param {string} reader
 * @returns {Promise<import("../protocol").ServerEvent | null>} what was refused
 */
async function give(reader) {
  const drawings = store.state.collection.drawings ?? [];
  for (let from = 0; from < drawings.length; from += AT_ONCE) {
    const piece = drawings.slice(from, from + AT_ONCE);
    const reply = await sendInTime({
      type: "keep_drawings",
      copy_name: COPY.name,
      network: reader,
      first: from === 0,
      images: bytesToText(piece.map(({ pixels }) => pixels)),
      labels: piece.map(({ label }) => label),
      held_out: piece.map(({ heldOut }) => heldOut),
    });
    if (reply.type !== "drawings_kept") return reply;
  }
  return null;
}

/** In a workshop one may not do so much at once: what came too quickly is sent again. @param {import("../protocol").Command} command */
async function sendInTime(command) {
  for (let again = 0; ; again += 1) {
    const reply = await send(command);
    if (reply.type !== "error" || reply.code !== "too_quick" || again === MOST_AGAIN) return reply;
    if (store.state.error === reply) store.set({ error: null });
    await new Promise((done) => setTimeout(done, AGAIN_AFTER));
  }
}

/** @param {import("../protocol").ServerEvent} reply */
function refuse(reply) {
  if (reply.type === "error" && store.state.error === reply) store.set({ error: null }); // it is said here
  changePractice({ busy: false, refusal: reply.type === "error" ? reply.message : "" });
  if (reply.type === "error" && reply.code === "copy_gone") COPY.lose();
}

/** Whether what a practice made of the copy is what the copy is now. @param {Practised} answer */
export function isInEffect(answer) {
  return store.state.readers[COPY.name]?.opened?.checksum === answer.checksum;
}
