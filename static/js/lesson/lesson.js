/**
 * What the drawing is said to be, and what a step on it alone would do. Nothing is changed before it is asked for, and then only
 * in a copy.
 *
 * @typedef {import("../protocol").LessonPreview} LessonPreview
 * @typedef {import("../protocol").Taught} Taught
 * @typedef {import("../protocol").Practised} Practised
 *
 * @typedef {object} Lesson
 * @property {number | null} label  what the drawing is; null: not said
 * @property {number} rate  the learning rate of the step
 * @property {Preview | null} preview
 * @property {string} refusal  why there is none
 * @property {boolean} busy  a lesson is on its way
 * @property {Taught | Practised | null} last  what was changed last
 *
 * @typedef {object} Preview
 * @property {LessonPreview} answer
 * @property {Uint8Array} pixels
 * @property {string} reader
 * @property {readonly import("../protocol").RatePoint[]} curve  all that is known of it, in order of rate
 * @property {boolean} stale  the drawing or the weights are others by now, and the next one is on its way
 */
import { send } from "../connection.js";
import { latestOnly } from "../latest.js";
import { COPY } from "../reading/copy.js";
import { openReader, RUN } from "../reading/readers.js";
import { read, rest } from "../reading/asking.js";
import { store } from "../store.js";

export const RATES = { least: 0.001, most: 1 };
const PREVIEW_AFTER = 260; // milliseconds at rest, as the explanation
const AGAIN_AFTER = 2000;

let timer = 0;
let askedAt = 0;

/** @param {Partial<Lesson>} patch */
function change(patch) {
  store.set({ lesson: { ...store.state.lesson, ...patch } });
}

/** @param {Preview | null} preview */
function staled(preview) {
  return preview && { ...preview, stale: true };
}

/** What the last preview was to be of. @type {{ pixels: Uint8Array | null | undefined, reader: string, live: boolean }} */
let of = { pixels: null, reader: "", live: false };

/** Keeps the preview up to date as long as the page is there. */
export function teach() {
  store.subscribe(["drawn", "reader", "connection"], () => {
    const { lesson, drawn, reader, connection } = store.state;
    const now = { pixels: drawn?.pixels, reader, live: connection.phase === "live" };
    if (now.pixels === of.pixels && now.reader === of.reader && now.live === of.live) return;
    of = now;
    if (lesson.label !== null && !drawn) change({ label: null, preview: null, refusal: "" }); // another drawing is another digit
    else if (lesson.preview) change({ preview: staled(lesson.preview) });
    soon();
  });
  store.subscribe(["reading"], () => {
    const { reading, lesson } = store.state;
    if (reading?.reader !== RUN || !lesson.preview || reading.answer.checksum === lesson.preview.answer.checksum) return;
    if (performance.now() - askedAt > AGAIN_AFTER) void preview(undefined); // the run went on: its lesson is another one
  });
}

function soon() {
  clearTimeout(timer);
  if (store.state.lesson.label !== null && store.state.drawn?.pixels) timer = setTimeout(() => void preview(undefined), PREVIEW_AFTER);
}

/** Says what the drawing is. @param {number | null} label */
export function sayLabel(label) {
  change({ label, preview: null, refusal: "", last: null });
  void read(); // its way back is another one now
  if (label !== null) void preview(undefined);
}

/** How far the step goes. @param {number} rate */
export function setRate(rate) {
  change({ rate });
  void preview(undefined);
}

const preview = latestOnly(async () => {
  const { drawn, reader, lesson, connection } = store.state;
  const pixels = drawn?.pixels;
  if (!pixels || lesson.label === null || connection.phase !== "live") return;
  askedAt = performance.now();
  const { label } = lesson;
  const answer = await send({ type: "preview_lesson", network: reader, pixels: [...pixels], label, learning_rate: lesson.rate });
  const now = store.state;
  if (now.reader !== reader || now.drawn?.pixels !== pixels || now.lesson.label !== label) return;
  if (answer.type === "lesson_preview") {
    change({ preview: { answer, pixels, reader, curve: joined(now.lesson.preview, answer), stale: false }, refusal: "" });
  } else if (answer.type === "error") {
    forget(answer);
    if (answer.code === "copy_gone") COPY.lose();
    else change({ preview: null, refusal: answer.message });
  }
});

/** Points of other previews of the same step are true as well. @param {Preview | null} before @param {LessonPreview} answer */
function joined(before, answer) {
  const same = before && before.answer.checksum === answer.checksum && before.answer.label === answer.label;
  const known = new Map((same ? before.curve : []).map((point) => [point.learning_rate.toPrecision(4), point]));
  for (const point of answer.curve) known.set(point.learning_rate.toPrecision(4), point);
  return [...known.values()].sort((one, other) => one.learning_rate - other.learning_rate);
}

/**
 * Takes steps on the drawing, in the copy.
 * @param {number} steps  at most, where it ends when the copy agrees
 * @param {boolean} [untilAgrees]
 */
export async function apply(steps, untilAgrees = false) {
  const { drawn, reader, lesson } = store.state;
  if (!drawn?.pixels || lesson.label === null || lesson.busy) return;
  change({ busy: true });
  const reply = await send({
    type: "teach",
    pixels: [...drawn.pixels],
    label: lesson.label,
    learning_rate: lesson.rate,
    network: reader,
    copy_name: COPY.name,
    steps,
    until_agrees: untilAgrees,
  });
  if (reply.type === "taught") COPY.made(reader);
  await after(reply);
}

/** Takes lessons back. @param {number | null} lessons  null: all of them */
export async function takeBack(lessons) {
  if (store.state.lesson.busy) return;
  change({ busy: true });
  await after(await send({ type: "take_back", copy_name: COPY.name, lessons }));
}

/** Puts the copy in the place of the room's run. @returns {Promise<boolean>} whether it is there */
export async function adopt() {
  if (store.state.lesson.busy) return false;
  change({ busy: true });
  const reply = await send({ type: "adopt", copy_name: COPY.name });
  if (reply.type === "done") return true;
  await after(reply);
  return false;
}

/** The copy has learned or unlearned something, and reads from now on. @param {Taught | Practised} reply */
export async function learned(reply) {
  await openReader(COPY.name);
  change({ busy: false, last: reply, preview: staled(store.state.lesson.preview), refusal: "" });
  const same = store.state.reader === COPY.name;
  store.set({ reader: COPY.name });
  if (!same) return; // who reads anew asks all anew
  void read();
  rest();
  void preview(undefined);
}

/** @param {import("../protocol").ServerEvent} reply */
async function after(reply) {
  if (reply.type === "taught") return learned(reply);
  if (reply.type !== "error") return change({ busy: false });
  forget(reply);
  change({ busy: false, refusal: reply.code === "copy_gone" ? "" : reply.message });
  if (reply.code === "copy_gone") COPY.lose();
  return undefined;
}

/** A refusal that is said where it happened need not be said above the page. @param {import("../protocol").Refused} refused */
function forget(refused) {
  if (store.state.error === refused) store.set({ error: null });
}
