/**
 * Asks the network what it reads as one draws, and why as soon as the pen rests.
 *
 * One question is on its way, and of those that come up meanwhile only the newest is asked: a slow link shows fewer answers,
 * never old ones.
 *
 * @typedef {import("../protocol").Prediction} Prediction
 * @typedef {import("../protocol").Explanation} Explanation
 *
 * @typedef {object} Reading
 * @property {string} reader
 * @property {Prediction} answer
 * @property {Uint8Array} pixels  that it is the answer to
 * @property {import("../frame.js").DecodedFrame | null} frame  every unit, forward and back
 * @property {number} roundTrip  milliseconds
 *
 * @typedef {object} Explained
 * @property {string} reader
 * @property {Explanation} answer
 * @property {Uint8Array} pixels
 */
import { send } from "../connection.js";
import { latestOnly } from "../latest.js";
import { store } from "../store.js";
import { COPY } from "./copy.js";
import { withMeasures } from "./measured.js";
import { decoded, openReader, PACKAGED, RUN } from "./readers.js";

const NOT_FINITE = "not_finite";
const AT_REST = 250; // milliseconds without a change
const AGAIN_AFTER = 2000; // a run that trains is asked why again so often
const RUN_RATES = { type: /** @type {const} */ ("watch"), matrices: /** @type {"W"[]} */ (["W"]), units_rate: 4, matrices_rate: 2 };
const NO_RATES = { type: /** @type {const} */ ("watch"), matrices: [], units_rate: 0.5 };

let timer = 0;
let explainedAt = 0;

/** Begins, and goes on as long as the page is there. */
export function ask() {
  store.subscribe(["drawn"], () => {
    if (!store.state.drawn?.pixels) return store.set({ reading: null, explained: null });
    void read();
    return rest();
  });
  store.subscribe(["reader"], begin);
  store.subscribe(["connection"], reconnect);
  // Another architecture in the place of the run's, or one that came back.
  store.subscribe(["manifest"], () => {
    COPY.moved();
    if (store.state.connection.phase !== "live") return;
    void reopen(RUN);
    if (COPY.known && !store.state.readers[COPY.name]) void reopen(COPY.name);
  });
  store.subscribe(["units"], () => {
    if (store.state.reader !== RUN || !store.state.drawn?.pixels) return;
    void read();
    if (performance.now() - explainedAt > AGAIN_AFTER) void explain();
  });
}

let live = false;

function reconnect() {
  const now = store.state.connection.phase === "live";
  if (now === live) return;
  live = now;
  if (!live) return;
  const names = new Set([store.state.reader, ...PACKAGED, RUN, ...(COPY.known ? [COPY.name] : [])]);
  for (const name of names) void reopen(name);
  watch();
}

/** @param {string} name */
async function reopen(name) {
  const refusal = await openReader(name);
  if (refusal === "copy_gone") return COPY.lose();
  if (name === store.state.reader && !refusal) {
    void read();
    rest();
  }
  return undefined;
}

/** Another network reads from now on. */
function begin() {
  watch();
  if (store.state.readers[store.state.reader]?.opened) {
    void read();
    rest();
  } else if (live) {
    void reopen(store.state.reader);
  }
}

/** Says how much of the live run this page wants to see. */
function watch() {
  if (store.state.connection.phase === "live") void send(store.state.reader === RUN ? RUN_RATES : NO_RATES);
}

const deliver = latestOnly(async () => {
  const { drawn, reader, readers, lesson } = store.state;
  const opened = readers[reader]?.opened;
  const pixels = drawn?.pixels;
  if (!pixels || !opened || store.state.connection.phase !== "live") return;
  const sent = performance.now();
  const answer = await send({ type: "predict", network: reader, pixels: [...pixels], label: lesson.label, frame: true });
  const roundTrip = performance.now() - sent;
  if (store.state.reader !== reader) return;
  if (answer.type === "prediction") {
    if (!store.state.drawn?.pixels) return; // the pad is empty by now
    const frame = decoded(answer.frame, opened.manifest);
    const over = store.state.error?.code === NOT_FINITE ? { error: null } : {}; // a run that was reset has numbers again
    store.set({ reading: { reader, answer, pixels, frame: frame && withMeasures(frame, opened.manifest), roundTrip }, ...over });
  } else if (answer.type === "error") refused(reader, answer.code);
});

/** Asks what the drawing is read as, now. */
export function read() {
  return deliver(undefined);
}

/** Asks why, and what a lesson would do, when nothing was drawn for a moment. */
export function rest() {
  clearTimeout(timer);
  timer = setTimeout(() => void explain(), AT_REST);
}

const explain = () => deliverExplanation(undefined);

const deliverExplanation = latestOnly(async () => {
  const { drawn, reader, readers } = store.state;
  const pixels = drawn?.pixels;
  if (!pixels || !readers[reader]?.opened || store.state.connection.phase !== "live") return;
  explainedAt = performance.now();
  const answer = await send({ type: "explain", network: reader, pixels: [...pixels] });
  if (store.state.reader !== reader || !store.state.drawn?.pixels) return;
  if (answer.type === "explanation") store.set({ explained: { reader, answer, pixels } });
  else store.set({ explained: null });
});

/** @param {string} reader @param {string} code */
function refused(reader, code) {
  if (code === "copy_gone" && reader === COPY.name) COPY.lose();
  else if (code !== "not_connected") store.set({ reading: null, explained: null });
}
