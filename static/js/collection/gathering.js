/**
 * What a person does with the drawings of their own: keep, hold out, delete, have back.
 *
 * @typedef {import("./drawings.js").KeptDrawing} KeptDrawing
 *
 * @typedef {object} Collection
 * @property {readonly KeptDrawing[] | null} drawings  in the order in which they were kept; null: not read yet
 * @property {boolean} lasts  over a reload
 * @property {string} said  what happened last
 * @property {readonly KeptDrawing[]} deleted  last, and can be had back
 */
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { store } from "../store.js";
import { MOST_DRAWINGS, nextIsHeldOut, sorted } from "./drawings.js";
import { openShelf } from "./shelf.js";

/** @type {import("./shelf.js").Shelf | null} */
let shelf = null;

/** Other pages of this browser show the same drawings. */
const others = new BroadcastChannel("drawings");

/** What was asked for last. */
let turn = Promise.resolve();

/** One after the other: each decides by what the one before has left. @param {() => Promise<unknown>} task @returns {Promise<void>} */
function inTurn(task) {
  turn = turn.then(async () => void (await task()));
  return turn;
}

/** Brings back what was kept, and goes on as long as the page is there. */
export function gather() {
  return inTurn(async () => {
    shelf = await openShelf();
    others.onmessage = () => void inTurn(reread);
    await reread();
  });
}

/** @param {Partial<Collection>} patch */
function change(patch) {
  store.set({ collection: { ...store.state.collection, ...patch } });
}

async function reread() {
  if (!shelf) return;
  change({ drawings: await shelf.all(), lasts: shelf.lasts });
}

/**
 * Writes, and shows what is there then: also when the browser refused, as it does when its disk is full.
 * @param {(shelf: import("./shelf.js").Shelf) => Promise<void>} write
 * @param {Partial<Collection>} after
 */
async function written(write, after) {
  if (!shelf) return;
  try {
    await write(shelf);
  } catch {
    await reread();
    change({ said: _("This browser has no room for more drawings. Nothing that was kept is lost.") });
    return;
  }
  await reread();
  change(after);
  others.postMessage(null);
}

/** Keeps a drawing as what it is. @param {Uint8Array} pixels @param {number} label */
export function keepDrawing(pixels, label) {
  return inTurn(async () => {
    const drawings = store.state.collection.drawings ?? [];
    const heldOut = nextIsHeldOut(drawings, label);
    const { taken, known } = sorted(drawings, [{ id: 0, label, heldOut, pixels: pixels.slice() }]);
    if (known) return change({ said: _("This very drawing is kept already.") });
    if (taken.length === 0) return change({ said: full() });
    const said = heldOut ? _("Kept as {label}, held out: networks are tested with it, not trained on it.", { label }) : _("Kept as {label}, to train on.", { label });
    return written((one) => one.put(taken), { said, deleted: [] });
  });
}

/** Keeps many, or none. @param {readonly KeptDrawing[]} drawings */
export function keepAll(drawings) {
  return inTurn(() => all(drawings));
}

/** @param {readonly KeptDrawing[]} drawings */
async function all(drawings) {
  const { taken, known, over } = sorted(store.state.collection.drawings ?? [], drawings);
  if (over > 0) return change({ said: ngettext("There is no room for {count} of these drawings, so none was taken. {full}", "There is no room for {count} of these drawings, so none was taken. {full}", over, { count: integer(over), full: full() }) });
  const there = known ? ` ${ngettext("{count} is there already.", "{count} are there already.", known, { count: integer(known) })}` : "";
  const said = ngettext("{count} drawing was imported.", "{count} drawings were imported.", taken.length, { count: integer(taken.length) });
  return written((one) => one.put(taken), { said: said + there, deleted: [] });
}

/** Says what was wrong with what was brought. @param {string} said */
export function say(said) {
  change({ said });
}

function full() {
  return _("Your collection holds {most} drawings and is full. Delete some to keep others.", { most: integer(MOST_DRAWINGS) });
}

/** @param {KeptDrawing} drawing */
export function turnOver(drawing) {
  const turned = { ...drawing, heldOut: !drawing.heldOut };
  return inTurn(() => written((one) => one.put([turned]), { said: turned.heldOut ? _("Held out: networks are tested with it, not trained on it.") : _("To train on, from the next practice on.") }));
}

/** @param {readonly KeptDrawing[]} drawings */
export function deleteDrawings(drawings) {
  const said = ngettext("{count} drawing was deleted.", "{count} drawings were deleted.", drawings.length, { count: integer(drawings.length) });
  return inTurn(() => written((one) => one.remove(drawings.map(({ id }) => id)), { said, deleted: drawings }));
}

export function putBack() {
  const { deleted } = store.state.collection;
  const said = ngettext("{count} drawing is back.", "{count} drawings are back.", deleted.length, { count: integer(deleted.length) });
  return inTurn(() => written((one) => one.put(deleted), { said, deleted: [] }));
}
