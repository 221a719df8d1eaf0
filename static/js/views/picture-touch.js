/** Pointer and keys on the picture: hovering shows a unit, a press pins it, arrow keys move from unit to unit. */
import { invalidate } from "../paint.js";
import { store } from "../store.js";
import { boxOf, step, unitAt } from "../layout/touch.js";
import { held, hold, release } from "./held.js";
import { unitName } from "./layer-names.js";
import { unitReading } from "./unit-reading.js";

/**
 * @typedef {import("../layout/picture.js").Picture} Picture
 * @typedef {import("../layout/touch.js").Address} Address
 * @typedef {import("../protocol").Manifest} Manifest
 */

const LINGER = 140; // milliseconds from one hovered unit to none, so that gaps between units do not blink

export class PictureTouch {
  /** @type {Picture | null} */
  #picture = null;
  /** @type {Manifest | null} */
  #manifest = null;
  #timer = 0;
  #ending = new AbortController();

  /**
   * @param {HTMLElement} scroller  takes the keys
   * @param {HTMLElement} stage  where the picture is
   * @param {(text: string) => void} speak  to a screen reader
   */
  constructor(scroller, stage, speak) {
    this.stage = stage;
    this.scroller = scroller;
    this.speak = speak;
    const { signal } = this.#ending;
    stage.addEventListener("pointermove", (event) => this.#hover(event), { signal });
    stage.addEventListener("pointerleave", () => this.#leave(), { signal });
    stage.addEventListener("click", (event) => this.#press(event), { signal });
    scroller.addEventListener("keydown", (event) => this.#key(event), { signal });
    scroller.addEventListener("blur", () => this.#leave(), { signal });
    scroller.addEventListener("scroll", () => this.#follow(), { signal, passive: true });
    document.addEventListener("keydown", (event) => event.key === "Escape" && held() && release(), { signal });
  }

  end() {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }

  /** @param {Picture} picture @param {Manifest} manifest */
  aim(picture, manifest) {
    this.#picture = picture;
    this.#manifest = manifest;
    const unit = held();
    if (!unit && store.state.selection) return this.find(store.state.selection);
    if (unit && !boxOf(picture, unit, this.#side)) release();
    else this.#follow();
    return undefined;
  }

  /** Holds a unit that was chosen elsewhere, if it is in this picture. @param {Address} address */
  find(address) {
    this.#hold(address, true);
  }

  get #side() {
    return this.#manifest?.image_shape?.[1] ?? 1;
  }

  /** @param {MouseEvent} event */
  #find(event) {
    if (!this.#picture) return null;
    const { left, top } = this.stage.getBoundingClientRect();
    return unitAt(this.#picture, event.clientX - left, event.clientY - top, this.#side);
  }

  /** @param {PointerEvent} event */
  #hover(event) {
    if (event.pointerType === "touch" || held()?.pinned) return;
    const address = this.#find(event);
    this.stage.classList.toggle("over-unit", address !== null);
    if (address) this.#hold(address, false);
    else this.#leave();
  }

  #leave() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!held()?.pinned) release();
    }, LINGER);
  }

  /** @param {MouseEvent} event */
  #press(event) {
    const address = this.#find(event);
    const unit = held();
    if (!address || (unit?.pinned && unit.layer === address.layer && unit.unit === address.unit && unit.at === address.at)) release();
    else this.#hold(address, true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#picture || event.ctrlKey || event.metaKey || event.altKey) return;
    const unit = held();
    if ((event.key === "Enter" || event.key === " ") && unit) {
      event.preventDefault();
      hold({ ...unit, pinned: !unit.pinned });
      return;
    }
    if (!event.key.startsWith("Arrow") && !["Home", "End", "PageUp", "PageDown"].includes(event.key)) return;
    event.preventDefault();
    const next = step(this.#picture, unit, event.key, this.#side);
    if (!next) return;
    this.#hold(next, unit?.pinned ?? false);
    this.#reveal(next);
    const { manifest } = store.state;
    if (manifest) this.speak(`${unitName(next, manifest)}. ${unitReading(next, store.state)}`);
  }

  /** @param {Address} address @param {boolean} pinned */
  #hold(address, pinned) {
    clearTimeout(this.#timer);
    const anchor = this.#anchor(address);
    if (anchor) hold({ ...address, pinned, anchor });
    invalidate();
  }

  /** A unit's place in the window. @param {Address} address */
  #anchor(address) {
    const box = this.#picture && boxOf(this.#picture, address, this.#side);
    if (!box) return null;
    const { left, top } = this.stage.getBoundingClientRect();
    const column = this.#picture?.columns.find((one) => one.name === address.layer);
    if (column?.kind === "input") return { left: left + column.left, top: top + box.y, width: column.size, height: box.height };
    const width = column?.kind === "outputs" ? column.right - box.x : box.width; // with its label and bar
    return { left: left + box.x, top: top + box.y, width, height: box.height };
  }

  /** Keeps the anchor where the unit is. */
  #follow() {
    const unit = held();
    const anchor = unit && this.#anchor(unit);
    if (unit && anchor) store.set({ selection: /** @type {import("./held.js").Held} */ ({ ...unit, anchor }) });
  }

  /** Scrolls a unit into view, sideways. @param {Address} address */
  #reveal(address) {
    const box = this.#picture && boxOf(this.#picture, address, this.#side);
    if (!box) return;
    const { scrollLeft, clientWidth } = this.scroller;
    if (box.x < scrollLeft + 40 || box.x + box.width > scrollLeft + clientWidth - 40) {
      this.scroller.scrollTo({ left: box.x - clientWidth / 2 });
    }
  }
}
