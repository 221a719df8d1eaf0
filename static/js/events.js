/**
 * What each event of the server means for the store.
 *
 * @typedef {import("./protocol").ServerEvent} ServerEvent
 * @typedef {import("./protocol").Welcome} Welcome
 */
import { thin } from "./charts/curves.js";
import { store } from "./store.js";
import { withNews as withNewsOfWall } from "./wall/hanging.js";

/** More points than any chart has pixels are thinned out, evenly over the steps, so that the beginning stays as sharp as the end. */
const MOST_POINTS = 8192;

/** @param {ServerEvent} event */
export function apply(event) {
  switch (event.type) {
    case "welcome":
      return welcome(event);
    case "manifest":
      return store.set({
        manifest: event.manifest,
        training: [],
        heldOut: [],
        units: null,
        matrices: null,
        findings: [],
        selection: stillThere(event.manifest),
      });
    case "state":
      return store.set({ run: event.state });
    case "metrics":
      return store.set({
        ...(event.training.length ? { training: append(store.state.training, event.training) } : {}),
        ...(event.held_out.length ? { heldOut: append(store.state.heldOut, event.held_out) } : {}),
      });
    case "health":
      return store.set({ findings: event.findings });
    case "rewound":
      return store.set({
        training: store.state.training.filter((point) => point.step < event.step),
        heldOut: store.state.heldOut.filter((point) => point.step < event.step),
      });
    case "notice":
      return store.set({ notice: { code: event.code } });
    case "share":
      return store.set({ share: event });
    case "viewers":
      return store.set({ connection: { ...store.state.connection, viewers: event.count } });
    case "workshop":
      return store.set({ workshop: event.state, seat: event.seat });
    case "members":
      return store.set({ members: withNews(store.state.members, event) });
    case "server_status":
      return store.set({ serverStatus: event });
    case "sent_away":
      return store.set({ notice: { code: `sent_away_${event.reason}` } });
    case "vote":
      return store.set({ vote: event.asked });
    case "earlier_questions":
      return store.set({ earlier: event.questions });
    case "contest":
      return store.set({ contest: event.challenge });
    case "practice_progress":
      return store.set({ practice: { ...store.state.practice, progress: event } });
    case "wall":
      return store.set({ wall: withNewsOfWall(store.state.wall, event) });
    case "error":
      return store.set({ error: event });
    default:
      return undefined; // replies go to whom they answer
  }
}

/** @param {Welcome} event */
function welcome(event) {
  const { training, heldOut, manifest } = store.state;
  const same = event.resumed && manifest?.id === event.manifest?.id;
  store.set({
    notice: event.saving ? null : { code: "checkpoint_failed" }, // what it said before was about the link that was lost
    run: event.state,
    limits: event.limits,
    findings: event.findings,
    manifest: same ? manifest : event.manifest,
    training: event.resumed ? append(training, event.training) : event.training,
    heldOut: event.resumed ? append(heldOut, event.held_out) : event.held_out,
    ...(same ? {} : { units: null, matrices: null }),
  });
}

/**
 * The selected unit, if the new architecture has it too.
 * @param {import("./protocol").Manifest} manifest
 */
function stillThere(manifest) {
  const { selection } = store.state;
  const layer = manifest.layers.find(({ name }) => name === selection?.layer);
  return selection && (selection.layer === "x" || (layer && selection.unit < layer.units)) ? selection : null;
}

/**
 * The members as they are now; cards that did not change stay the same objects.
 * @param {import("./store.js").State["members"]} members
 * @param {import("./protocol").Members} news
 */
function withNews(members, { cards, gone, whole }) {
  const now = new Map(whole ? [] : members);
  for (const id of gone) now.delete(id);
  for (const card of cards) now.set(card.person.id, { ...card, tiles: card.tiles ?? members.get(card.person.id)?.tiles ?? "" });
  return now;
}

/**
 * Adds points in order of step; a step that comes again replaces what was known of it.
 * @template {{ step: number, loss: number | null }} Point
 * @param {readonly Point[]} points
 * @param {readonly Point[]} added
 * @returns {readonly Point[]}
 */
export function append(points, added) {
  const first = added[0];
  if (!first) return points;
  const kept = (points.at(-1)?.step ?? -1) < first.step ? points : points.filter((point) => point.step < first.step);
  const all = [...kept, ...added];
  return all.length <= MOST_POINTS ? all : thin(all, MOST_POINTS / 4, (point) => point.loss);
}
