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
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#unsubscribeUrgent?.();
    document.removeEventListener("visibilitychange", this.#changed);
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

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
