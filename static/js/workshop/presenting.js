/**
 * What the host looks at is what all look at: the lens and the pinned unit are told by the host's pages and taken by the members'.
 *
 * A member who chooses another lens or unit has a view of their own until they take the host's again. Of a host's several pages
 * (a phone in the hand, the wall behind) each shows what the other chose.
 *
 * @typedef {import("../store.js").State} State
 * @typedef {import("../store.js").Selection} Selection
 * @typedef {import("../store.js").Lens} Lens
 */
import { send } from "../connection.js";
import { latestOnly } from "../latest.js";
import { store } from "../store.js";

/** Whether this page is being changed to what is presented. */
let taking = false;
/** Whether the host's choice is on its way: what comes back meanwhile may be older. */
let telling = false;

const tell = latestOnly(async (/** @type {ReturnType<typeof view>} */ shown) => {
  telling = true;
  await send({ type: "present", ...shown });
  telling = false;
});

/** Keeps this page and what is presented together from now on. */
export function followPresented() {
  let place = "";
  store.subscribe(["seat"], () => {
    const now = store.state.seat?.place ?? "";
    if (now !== place && place) store.set({ ownView: false }); // who comes back comes back to what the host shows
    place = now;
  });
  store.subscribe(["workshop", "seat", "ownView", "manifest"], take);
  store.subscribe(["lens", "selection"], () => {
    if (taking || isShown()) return undefined;
    const { workshop, seat } = store.state;
    if (!workshop?.presented || !seat) return undefined;
    if (seat.person.role === "host") return tell(view());
    return seesWithHost() && isChosen() ? store.set({ ownView: true }) : undefined;
  });
}

/** Turns presenting on, with what the host sees now, or off. @param {boolean} on */
export function present(on) {
  return on ? tell(view()) : send({ type: "present", lens: null });
}

/** Whether one sees the same run as the host. */
export function seesWithHost() {
  const place = store.state.seat?.place;
  return place === "host" || place === "spotlight";
}

function take() {
  const { workshop, seat, ownView } = store.state;
  const shown = workshop?.presented;
  if (!shown || !seat || !seesWithHost() || telling) return;
  if ((ownView && seat.person.role !== "host") || isShown()) return;
  taking = true;
  const { layer, unit } = shown;
  const selection = layer !== null && unit !== null && isThere(layer, unit) ? { layer, unit } : null;
  store.set({ lens: /** @type {Lens} */ (shown.lens), selection });
  taking = false;
}

/** What this page looks at: a unit counts when it is pinned, not when a pointer passes over it. */
function view() {
  const { lens } = store.state;
  const unit = pinned();
  return { lens, layer: unit?.layer ?? null, unit: unit?.unit ?? null };
}

/** Whether this page shows what is presented already. */
function isShown() {
  const shown = store.state.workshop?.presented;
  const { lens, layer, unit } = view();
  return Boolean(shown) && shown?.lens === lens && shown.layer === layer && shown.unit === unit;
}

/** Whether what differs was chosen here, rather than gone with the network it was in. */
function isChosen() {
  const { workshop, lens } = store.state;
  const { lens: shownLens, layer, unit } = workshop?.presented ?? {};
  return lens !== shownLens || pinned() !== null || (layer !== null && layer !== undefined && isThere(layer, unit ?? 0));
}

/** @returns {Selection | null} */
function pinned() {
  const selection = /** @type {(Selection & { pinned?: boolean }) | null} */ (store.state.selection);
  return selection?.pinned === false ? null : selection;
}

/** @param {string} layer @param {number} unit */
function isThere(layer, unit) {
  if (layer === "x") return true;
  const found = store.state.manifest?.layers.find(({ name }) => name === layer);
  return Boolean(found && unit < found.units);
}
