/** The card that says where to look next. It stays long enough to be read, and goes at once when it is no longer true. */
import { html, nothing } from "lit";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { HINTS, measure } from "./hints.js";

const READING_TIME = 12_000;
const GLANCE = 5_000; // a warning waits no longer than this

class HintCard extends Panel {
  /** @type {readonly (keyof import("../store.js").State)[]} */
  static watches = ["units", "lens", "run", "manifest", "findings"];
  static rate = 1; // numbers in a sentence that is being read should not race

  /** @type {string | null} the hint on show */
  #name = null;
  #lens = "";
  #since = 0;
  /** When each was last shown. @type {Map<string, number>} */
  #seen = new Map();

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.unsubscribeLens = store.subscribe(["lens"], () => this.requestUpdate());
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.unsubscribeLens?.();
  }

  /** @override */
  render() {
    const measured = measure(store.state);
    if (!measured || store.state.run?.status === "diverged") return nothing;
    const { lens } = store.state;
    const holding = HINTS.filter((hint) => hint.lenses.includes(lens)).flatMap((hint) => {
      const words = hint.say(measured);
      return words ? [{ hint, words }] : [];
    });
    const current = holding.find(({ hint }) => hint.name === this.#name);
    const now = performance.now();
    const warned = holding.some(({ hint }) => hint.kind === "warning") && current?.hint.kind !== "warning";
    const stays = current && lens === this.#lens && now - this.#since < (warned ? GLANCE : READING_TIME);
    const next = stays ? current : this.#choose(holding);
    if (!next) return nothing;
    if (next.hint.name !== this.#name || lens !== this.#lens || !stays) this.#since = now;
    this.#name = next.hint.name;
    this.#lens = lens;
    this.#seen.set(next.hint.name, now);
    return html`
      <section class="hint" data-kind=${next.hint.kind} data-testid="hint">
        <h2 class="hint-title">${next.words.title}</h2>
        <p class="hint-body">${next.words.body}</p>
      </section>
    `;
  }

  /**
   * Warnings before all else; of several, the one not shown for longest.
   * @template {{ hint: import("./hints.js").Hint }} Candidate
   * @param {Candidate[]} candidates
   */
  #choose(candidates) {
    /** @param {Candidate} candidate */
    const seen = ({ hint }) => this.#seen.get(hint.name) ?? -1;
    const warnings = candidates.filter(({ hint }) => hint.kind === "warning");
    return (warnings.length ? warnings : candidates).reduce(
      (/** @type {Candidate | null} */ best, one) => (best === null || seen(one) < seen(best) ? one : best),
      null,
    );
  }
}

customElements.define("hint-card", HintCard);
