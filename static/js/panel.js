/** What all panels are: a Lit element in the page's own DOM that is drawn again when keys of the store change. */
import { LitElement } from "lit";
import { store } from "./store.js";

export class Panel extends LitElement {
  /** The keys of the store that it shows. @type {readonly (keyof import("./store.js").State)[]} */
  static watches = [];

  /** Most updates a second, for what changes faster than one can read; 0: every change. */
  static rate = 0;

  /** The keys whose changes do not wait for that. @type {readonly (keyof import("./store.js").State)[]} */
  static urgent = [];

  #drawn = 0;
  /** What in it has, or had, the focus. @type {HTMLElement | null} */
  #held = null;
  #timer = 0;
  /** @type {(() => void) | null} */
  #unsubscribe = null;
  /** @type {(() => void) | null} */
  #unsubscribeUrgent = null;

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    const { watches, urgent } = /** @type {typeof Panel} */ (this.constructor);
    this.#unsubscribe = store.subscribe(watches, this.#changed);
    this.#unsubscribeUrgent = store.subscribe(urgent, () => this.requestUpdate());
    document.addEventListener("visibilitychange", this.#changed);
    this.addEventListener("focusin", this.#hold);
    this.addEventListener("focusout", this.#letGo);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#unsubscribeUrgent?.();
    document.removeEventListener("visibilitychange", this.#changed);
    this.removeEventListener("focusin", this.#hold);
    this.removeEventListener("focusout", this.#letGo);
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  /**
   * Whoever works by keys is not thrown back to the top of the page: a button that waits for an answer has the focus again when
   * it can be pressed again, and when it is gone, the panel it was in has it, from where the Tab key goes on.
   * @override
   * @param {import("lit").PropertyValues} changed
   */
  update(changed) {
    super.update(changed);
    const held = this.#held;
    if (!held || document.activeElement !== document.body) return;
    if (!held.isConnected) {
      this.#held = null;
      this.tabIndex = -1;
      this.addEventListener("blur", () => this.removeAttribute("tabindex"), { once: true }); // no stop of its own, nor for a press
      this.focus({ preventScroll: true });
    } else if (!held.matches(":disabled")) held.focus({ preventScroll: true });
  }

  /** @param {FocusEvent} event */
  #hold = (event) => {
    this.#held = event.target instanceof HTMLElement && event.target !== this ? event.target : null;
  };

  /** What is left by itself is let go; what is disabled or taken away is not. @param {FocusEvent} event */
  #letGo = (event) => {
    const left = this.#held;
    queueMicrotask(() => {
      if (left && left === this.#held && left === event.target && left.isConnected && !left.matches(":disabled")) this.#held = null;
    });
  };

  /** A hidden page draws nothing; it catches up when it is looked at again. */
  #changed = () => {
    const { rate } = /** @type {typeof Panel} */ (this.constructor);
    if (this.#timer || document.hidden) return;
    const wait = rate ? this.#drawn + 1000 / rate - performance.now() : 0;
    if (wait <= 0) this.#draw();
    else this.#timer = setTimeout(() => this.#draw(), wait);
  };

  #draw() {
    this.#timer = 0;
    this.#drawn = performance.now();
    this.requestUpdate();
  }
}
