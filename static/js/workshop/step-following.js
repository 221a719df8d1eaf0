/**
 * The opened step that all see: who steers the run that all see leads through it, and the pages of the others go along.
 *
 * Of several pages that steer it (a laptop, the wall behind) each leads, and goes along with what another one does.
 *
 * @typedef {import("../protocol").ShownStep} ShownStep
 * @typedef {import("../protocol").StepPlace} StepPlace
 */
import { send } from "../connection.js";
import { latestOnly } from "../latest.js";
import { store } from "../store.js";
import { seesWithHost } from "./presenting.js";
import { steers } from "./steering.js";

/** Whether where one is is on its way: what comes back meanwhile may be older. */
let telling = false;

/** Says where in the step one is; null: it is closed. */
export const tellPlace = latestOnly(async (/** @type {{ opening: string, place: StepPlace | null }} */ told) => {
  telling = true;
  await send({ type: "show_step", ...told });
  telling = false;
});

/** Whether this page sees the run that all see. */
export function isInAudience() {
  const { workshop, seat } = store.state;
  if (!workshop || !seat) return false;
  return seesWithHost() || workshop.spotlight?.id === seat.person.id;
}

/** Whether others are led by what one does here. */
export function leads() {
  return isInAudience() && steers();
}

/** Whether what one opens is shown to all. */
export function isShownToAll() {
  const { workshop } = store.state;
  return leads() && Boolean(workshop?.presented || workshop?.spotlight);
}

/** Whether one goes along: has not chosen a view of one's own, nor is saying where one is. */
export function goesAlong() {
  if (!isInAudience()) return false;
  return leads() ? isShownToAll() && !telling : !store.state.ownView;
}

/** The step that all see, where one sees it too. @returns {ShownStep | null} */
export function shownStep() {
  return isInAudience() ? (store.state.workshop?.opened ?? null) : null;
}

/** Whether one looks at it in one's own way, with a way back to whoever leads. */
export function looksOnOwn() {
  return isInAudience() && !leads() && store.state.ownView;
}

/** Who leads through it: whoever steers the run that all see. */
export function leader() {
  const { workshop } = store.state;
  return (workshop?.spotlight ?? workshop?.host)?.name ?? "";
}

/** Notes that a member went a way of their own. */
export function leaveHost() {
  if (isInAudience() && !leads()) store.set({ ownView: true });
}

/** Goes along again. */
export function lookWithHost() {
  store.set({ ownView: false });
}
