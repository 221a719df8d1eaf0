/**
 * The one place where panels meet: what the server last said, and what this page's viewer chose to look at.
 *
 * @typedef {import("./protocol").Manifest} Manifest
 * @typedef {import("./protocol").RunState} RunState
 * @typedef {import("./protocol").TrainingPoint} TrainingPoint
 * @typedef {import("./protocol").HeldOutPoint} HeldOutPoint
 * @typedef {import("./protocol").Limits} Limits
 * @typedef {import("./protocol").Refused} Refused
 * @typedef {import("./frame.js").DecodedFrame} DecodedFrame
 *
 * @typedef {"activations" | "gradients" | "weights" | "updates"} Lens
 *
 * @typedef {object} Connection
 * @property {"connecting" | "live" | "lost" | "closed"} phase  closed: it will not be tried again
 * @property {number} framesPerSecond  painted in the last second
 * @property {number | null} age  milliseconds from the server's taking of the last painted frame to its painting
 * @property {number | null} viewers  of this run, this page among them
 *
 * @typedef {object} Selection
 * @property {string} layer  "x" is the input
 * @property {number} unit  its true index in the layer
 *
 * @typedef {object} Notice
 * @property {string} code
 * @property {readonly string[]} [names]  of what it is about
 *
 * @typedef {object} State
 * @property {Connection} connection
 * @property {Manifest | null} manifest
 * @property {RunState | null} run
 * @property {readonly TrainingPoint[]} training
 * @property {readonly HeldOutPoint[]} heldOut
 * @property {DecodedFrame | null} units  the newest frame with units
 * @property {DecodedFrame | null} matrices  the newest frame with matrices
 * @property {Lens} lens
 * @property {Selection | null} selection
 * @property {Limits | null} limits
 * @property {readonly import("./protocol").Finding[]} findings  what is wrong with the run, as the server measured it
 * @property {import("./protocol").Share | null} share  what part of a training process the run has
 * @property {import("./protocol").ServerStatus | null} serverStatus  how the server does, for the host
 * @property {Notice | null} notice
 * @property {Refused | null} error  the last refusal of a command
 * @property {"dark" | "light"} theme
 * @property {import("./protocol").RunSpec | null} offer  a set-up from this page's address that is not the run's
 * @property {import("./sketch/drawing.js").Drawn | null} drawn  what is on the pad, as the network sees it; null: nothing
 * @property {string} reader  which network reads it
 * @property {import("./reading/readers.js").Readers} readers  the networks that are known, by name
 * @property {import("./reading/asking.js").Reading | null} reading  what it says
 * @property {import("./reading/asking.js").Explained | null} explained  why
 * @property {import("./lesson/lesson.js").Lesson} lesson  what it is to be taught
 * @property {import("./protocol").WorkshopState | null} workshop  the workshop this page is in; null: none, or not known yet
 * @property {import("./protocol").Seat | null} seat  who one is in it, and whose run one sees
 * @property {ReadonlyMap<string, import("./protocol").MemberCard>} members  for the host: all members, by id
 * @property {boolean} ownView  whether a member looks through a lens of their own at the run that all see
 * @property {string} hostView  what fills the host's page; empty: what the mode makes of it
 * @property {import("./collection/gathering.js").Collection} collection  the drawings that somebody kept
 * @property {import("./practice/practice.js").Practice} practice  of a copy on these
 * @property {import("./protocol").Asked | null} vote  what the host asks the class now
 * @property {readonly import("./protocol").EarlierQuestion[]} earlier  for the host: what was asked before, in that order
 * @property {import("./protocol").Challenge | null} contest  what the class competes in now
 * @property {import("./wall/hanging.js").Hanging | null} wall  what hangs on the class wall; null: this page does not look
 * @property {import("./challenge/turns.js").Challenge} challenge  the digits that somebody is asked to draw
 */

/** @type {Readonly<State>} */
let state = {
  connection: { phase: "connecting", framesPerSecond: 0, age: null, viewers: null },
  manifest: null,
  run: null,
  training: [],
  heldOut: [],
  units: null,
  matrices: null,
  lens: "gradients",
  selection: null,
  limits: null,
  findings: [],
  share: null,
  serverStatus: null,
  notice: null,
  error: null,
  theme: "dark",
  offer: null,
  drawn: null,
  reader: "conv",
  readers: {},
  reading: null,
  explained: null,
  vote: null,
  earlier: [],
  contest: null,
  wall: null,
  lesson: { label: null, rate: 0.01, preview: null, refusal: "", busy: false, last: null },
  workshop: null,
  seat: null,
  members: new Map(),
  ownView: false,
  hostView: "",
  collection: { drawings: null, lasts: true, said: "", deleted: [] },
  practice: { share: 0.5, steps: 100, rate: 0.02, busy: false, progress: null, refusal: "", tries: [] },
  challenge: { asked: [], turns: [], over: false, misread: [], tallies: {} },
};

/** @type {Set<{ keys: readonly (keyof State)[], listener: () => void }>} */
const subscriptions = new Set();

export const store = {
  /** @returns {Readonly<State>} a snapshot that does not change */
  get state() {
    return state;
  },

  /**
   * Changes some keys; listeners to any that really changed are called once, now.
   * @param {Partial<State>} patch
   */
  set(patch) {
    const before = state;
    const keys = /** @type {(keyof State)[]} */ (Object.keys(patch));
    const changed = keys.filter((key) => !Object.is(before[key], patch[key]));
    if (changed.length === 0) return;
    state = { ...before, ...patch };
    for (const { keys: wanted, listener } of [...subscriptions]) {
      if (changed.some((key) => wanted.includes(key))) listener();
    }
  },

  /**
   * @param {readonly (keyof State)[]} keys
   * @param {() => void} listener  called after a change of one of the keys, not at once
   * @returns {() => void} ends the subscription
   */
  subscribe(keys, listener) {
    const subscription = { keys, listener };
    subscriptions.add(subscription);
    return () => void subscriptions.delete(subscription);
  },
};
