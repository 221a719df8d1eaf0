/**
 * The one socket: commands out, events and frames in, and its return after a loss.
 *
 * A frame is acknowledged after it was painted, so the server never sends more than this page can show, and a hidden
 * page costs nothing. Lost links are tried again after a random part of a growing time, so that a class does not come
 * back all at once.
 *
 * @typedef {import("./protocol").Command} Command
 * @typedef {import("./protocol").ServerEvent} ServerEvent
 * @typedef {import("./protocol").Frame} Frame
 */
import { ageOf, resetClock, setClock } from "./clock.js";
import { apply } from "./events.js";
import { openFrame, PROTOCOL_VERSION, readFrame } from "./frame.js";
import { _, language } from "./i18n.js";
import { afterPaint, invalidate } from "./paint.js";
import { store } from "./store.js";
import { CODE, forgetSeat, seatIn } from "./workshop/seat.js";

const DEAD_AFTER = 25_000; // without a message; the server sends a heartbeat long before
const CLOCK_EVERY = 30_000;
const FIRST_CLOCKS = 6; // asked twice a second: the quickest answer of a page that is still busy is not quick
const LONGEST_WAIT = 10_000;
const RESYNC = 4001;
const FINAL = { from: 4100, to: 4199 }; // closed for a reason that trying again does not change
/** @type {Record<number, string>} the notices of those that say more */
const REASONS = { 4103: "no_seat", 4104: "full", 4105: "outdated", 4106: "many_pages" };
const SENT_AWAY = 4102; // an event before it said why

/** @type {WebSocket | null} */
let socket = null;
let attempt = 0;
let retry = 0;
let nextId = 1;
/** @type {Map<number, (event: ServerEvent) => void>} */
const waiting = new Map();

/** What the page knows already, for a server that can tell it just the rest. */
/** @type {{ epoch: string | null, seq: number | null }} */
const known = { epoch: null, seq: null };

let lastMessage = 0;
let lastClock = 0;
let clocks = 0;
let welcomed = false;

/** The newest frame received and whether its acknowledgement waits for a paint. */
let newest = { n: -1, time: 0, units: false };
let acknowledging = false;
/** @type {number[]} when frames of units were painted, in the last second */
let paints = [];
/** How old the last frame was when it was painted. @type {number | null} */
let age = null;

/**
 * Sends a command and resolves with its reply: the result, `done`, or the `error` that refuses it. It never rejects;
 * without a link the answer is an error too. Refusals are in `store.state.error` as well.
 * @param {Command} command
 * @returns {Promise<ServerEvent>}
 */
export function send(command) {
  if (!socket || socket.readyState !== WebSocket.OPEN) return Promise.resolve(lostReply(null));
  const id = nextId++;
  socket.send(JSON.stringify({ ...command, id }));
  return new Promise((resolve) => waiting.set(id, resolve));
}

/** Opens the link and keeps it open. */
export function connect() {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !socket && store.state.connection.phase !== "closed") open();
  });
  setInterval(look, 500);
  open();
}

function open() {
  clearTimeout(retry);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const link = new WebSocket(`${scheme}//${location.host}/ws`);
  link.binaryType = "arraybuffer";
  socket = link;
  welcomed = false;
  lastMessage = performance.now();
  resetClock();
  clocks = 0;
  link.onopen = () => {
    /** @type {import("./protocol").Hello} */
    const hello = { type: "hello", protocol: PROTOCOL_VERSION, language, ...known, token: seatIn(CODE)?.token ?? null };
    link.send(JSON.stringify(hello));
    askClock();
  };
  link.onmessage = ({ data }) => {
    if (link !== socket) return;
    lastMessage = performance.now();
    if (typeof data === "string") receiveEvent(JSON.parse(data));
    else receiveFrame(new Uint8Array(data));
  };
  link.onclose = ({ code }) => link === socket && closed(code);
}

/** @param {ServerEvent} event */
function receiveEvent(event) {
  if (event.type === "welcome") {
    attempt = 0;
    welcomed = true;
    newest = { n: -1, time: 0, units: false };
    Object.assign(known, { epoch: event.epoch, seq: event.seq });
    if (event.protocol !== PROTOCOL_VERSION) return end("outdated");
    setPhase("live");
  } else if ("seq" in event) {
    known.seq = event.seq;
  } else if (event.type === "clock") {
    setClock(event.sent, event.time);
  }
  apply(event);
  if ("reply_to" in event && event.reply_to !== null) {
    waiting.get(event.reply_to)?.(event);
    waiting.delete(event.reply_to);
  }
  invalidate();
}

/** @param {Uint8Array} bytes */
function receiveFrame(bytes) {
  const frame = readFrame(bytes);
  if (!frame) return;
  const { manifest } = store.state;
  const decoded = manifest && openFrame(frame, manifest);
  if (decoded) store.set(frame.part === "units" ? { units: decoded } : { matrices: decoded });
  newest = { n: frame.n, time: frame.time, units: newest.units || (decoded !== null && frame.part === "units") };
  if (!acknowledging) {
    acknowledging = true;
    afterPaint(acknowledge);
  }
}

function acknowledge() {
  acknowledging = false;
  if (socket?.readyState !== WebSocket.OPEN || newest.n < 0) return;
  socket.send(JSON.stringify({ type: "ack", frame: newest.n }));
  if (newest.units) {
    paints.push(performance.now());
    age = ageOf(newest.time);
  }
  newest.units = false;
}

function askClock() {
  lastClock = performance.now();
  clocks += 1;
  socket?.send(JSON.stringify({ type: "clock", sent: lastClock }));
}

/** Twice a second: is the link alive, and how well does it run? */
function look() {
  const now = performance.now();
  if (socket && now - lastMessage > DEAD_AFTER) {
    socket.close();
    closed(1006); // a dead peer never answers the close, so nothing is waited for
    return;
  }
  const clockDue = clocks < FIRST_CLOCKS || now - lastClock > CLOCK_EVERY;
  if (socket?.readyState === WebSocket.OPEN && clockDue) askClock();
  paints = paints.filter((time) => now - time <= 1000);
  const { connection } = store.state;
  if (connection.phase !== "live" || document.hidden) return;
  store.set({ connection: { ...connection, framesPerSecond: paints.length, age: paints.length ? age : null } });
}

/** @param {number} code */
function closed(code) {
  socket = null;
  acknowledging = false;
  paints = [];
  for (const [id, resolve] of waiting) resolve(lostReply(id));
  waiting.clear();
  if (code === SENT_AWAY || REASONS[code] === "no_seat") forgetSeat(CODE);
  if (code >= FINAL.from && code <= FINAL.to) return end(REASONS[code] ?? store.state.notice?.code ?? "closed");
  if (code === RESYNC) Object.assign(known, { epoch: null, seq: null });
  if (store.state.connection.phase === "closed") return undefined;
  setPhase(welcomed || attempt > 0 || store.state.run ? "lost" : "connecting");
  if (document.hidden) return undefined; // it is tried as soon as someone looks
  const wait = Math.random() * Math.min(LONGEST_WAIT, 500 * 2 ** attempt); // eslint-disable-line no-restricted-properties -- no number that is shown
  attempt += 1;
  retry = setTimeout(open, wait);
  return undefined;
}

/** @param {string} code  of the notice that says why */
function end(code) {
  store.set({ notice: { code } });
  setPhase("closed");
  const link = socket;
  socket = null;
  link?.close();
}

/** @param {import("./store.js").Connection["phase"]} phase */
function setPhase(phase) {
  const { connection } = store.state;
  if (connection.phase !== phase) store.set({ connection: { ...connection, phase, framesPerSecond: 0, age: null } });
}

/**
 * @param {number | null} id
 * @returns {import("./protocol").Refused}
 */
function lostReply(id) {
  return { type: "error", reply_to: id, code: "not_connected", message: _("There is no connection to the server."), where: "" };
}
