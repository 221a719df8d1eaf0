/**
 * The unit under the eye: hovered, focused or pinned. The picture sets it, the inspector shows it; it is the store's
 * `selection` with what only these two need.
 *
 * @typedef {import("../store.js").Selection} Selection
 *
 * @typedef {object} Held
 * @property {string} layer
 * @property {number} unit
 * @property {number} [at]  the place in its map, line by line
 * @property {boolean} pinned  it stays when the pointer leaves
 * @property {{ left: number, top: number, width: number, height: number }} anchor  where it is in the window
 */
import { store } from "../store.js";

/** @returns {Held | null} */
export function held() {
  const selection = /** @type {Held | null} */ (store.state.selection);
  return selection?.anchor ? selection : null;
}

/** @param {Held | null} next */
export function hold(next) {
  const before = held();
  if (before && next && before.layer === next.layer && before.unit === next.unit && before.at === next.at && before.pinned === next.pinned) return;
  store.set({ selection: next });
}

/** Lets go of what is held, pinned or not. */
export function release() {
  store.set({ selection: null });
}
