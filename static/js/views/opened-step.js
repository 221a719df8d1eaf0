/** The button that opens the run's next step, and the dialog one walks through it in. What draws it is fetched then. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { steers, whyNot } from "../workshop/steering.js";
import { goesAlong, isInAudience, leads, leaveHost, shownStep, tellPlace } from "../workshop/step-following.js";

/** @typedef {import("../opened/walk.js").Walk} Walk */

class OpenedStep extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["run", "connection", "theme", "manifest", "seat", "workshop", "ownView", "vote"];

  /** @type {typeof import("../opened/panel.js") | null} */
  #drawing = null;
  /** @type {Walk | null} */
  #walk = null;
  #opening = false;
  #live = false;
  /** The opening that all are shown, as far as this page knows of it. */
  #shown = "";
  /** Whether somebody else opened what is looked at here. */
  #along = false;
  /** The opening that is being fetched, to go along with it. */
  #fetching = "";
  /** What was known of the workshop when the link was lost while all were shown a step. @type {import("../protocol").WorkshopState | null} */
  #missed = null;
  #resized = () => this.#walk && this.requestUpdate();
  /** @type {(() => void) | null} */
  #unfollow = null;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    addEventListener("resize", this.#resized);
    this.#unfollow = store.subscribe(["workshop", "seat", "ownView", "manifest"], () => this.#follow());
    this.#follow();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("resize", this.#resized);
    this.#unfollow?.();
  }

  /** What was refused because the link was lost is asked for once more when it is back. @override */
  willUpdate() {
    const live = store.state.connection.phase === "live";
    if (live && !this.#live) this.#walk?.asking.tryAgain();
    if (!live && this.#live && this.#walk && this.#shown) this.#missed = store.state.workshop;
    this.#live = live;
  }

  /** @override */
  render() {
    const { run, connection } = store.state;
    const off = connection.phase !== "live" || !run || run.status === "diverged" || run.status === "failed" || this.#opening || !steers();
    return html`<button class="open-step" data-testid="open-step" ?disabled=${off}
        title=${whyNot() || _("Make the next step apart from the run, and look at everything in it")} @click=${() => void this.#open()}>
        ${this.#opening ? _("Opening…") : _("Open this step")}
      </button>
      <dialog class="opened-dialog" aria-labelledby="opened-title" data-testid="opened" @close=${this.#closed} @keydown=${this.#key}>
        ${this.#walk && this.#drawing
          ? this.#drawing.panel(this.#walk, { close: () => this.#close(), again: () => void this.#open() })
          : nothing}
      </dialog>`;
  }

  async #open() {
    if (this.#opening) return;
    this.#opening = true;
    this.requestUpdate();
    const [drawing, reply] = await Promise.all([import("../opened/panel.js"), send({ type: "open_step" })]);
    this.#opening = false;
    const before = this.#walk;
    const walk = reply.type === "opened" ? this.#begin(drawing, reply) : null;
    if (walk) {
      const same = before?.manifest.id === walk.manifest.id;
      if (before && same) Object.assign(walk, { at: before.at, weight: before.weight });
      this.#along = false;
      this.#tell(walk);
      if (!same) void walk.begin();
    }
    await this.#show();
  }

  /**
   * @param {typeof import("../opened/panel.js")} drawing
   * @param {import("../protocol").Opened} opened
   */
  #begin(drawing, opened) {
    const { manifest, run } = store.state;
    if (!manifest || !run) return null;
    /** @type {Walk} */
    const walk = new drawing.Walk(opened, manifest, run.spec, {
      changed: () => this.#walk === walk && this.requestUpdate(),
      moved: () => this.#walk === walk && this.#tell(walk),
    });
    this.#drawing = drawing;
    this.#walk = walk;
    return walk;
  }

  async #show() {
    this.requestUpdate();
    await this.updateComplete;
    const dialog = this.querySelector("dialog");
    if (this.#walk && dialog && !dialog.open) dialog.showModal();
  }

  /** Leads those who see the same run, or leaves whoever leads. @param {Walk} walk */
  #tell(walk) {
    const { opening } = walk.opened;
    if (!opening) return;
    if (leads()) void tellPlace({ opening, place: walk.place });
    else leaveHost();
  }

  /** Goes along with the step that all are shown: opens it, goes where it is looked at, and closes it. */
  #follow() {
    const shown = shownStep();
    if (this.#along && !isInAudience()) return this.#end();
    if (!goesAlong() || this.#opening) return undefined;
    const opening = this.#walk?.opened.opening ?? "";
    const isBack = this.#missed !== null && this.#missed !== store.state.workshop;
    if (isBack) this.#missed = null;
    if (shown && shown.opening !== opening) return void this.#goAlong(shown);
    if (shown) {
      if (this.#walk?.isAt(shown.place) === false) this.#walk.take(shown.place);
      if (this.#walk?.gone !== shown.gone) this.#walk?.lose();
    } else if (this.#walk && opening && (opening === this.#shown || this.#along)) {
      if (isBack) store.set({ notice: { code: "step_lost" } });
      this.#end();
    }
    this.#shown = shown?.opening ?? "";
    return undefined;
  }

  /** @param {import("../protocol").ShownStep} shown */
  async #goAlong(shown) {
    if (this.#fetching === shown.opening || store.state.manifest?.id !== shown.manifest || !store.state.run) return;
    this.#fetching = shown.opening;
    const [drawing, reply] = await Promise.all([import("../opened/panel.js"), send({ type: "look_at_step" })]);
    this.#fetching = "";
    const now = shownStep();
    if (reply.type !== "opened" || !now || !goesAlong() || store.state.manifest?.id !== now.manifest) return;
    if (reply.opening !== now.opening) return this.#follow();
    const walk = this.#begin(drawing, reply);
    walk?.take(now.place);
    this.#along = true;
    this.#shown = now.opening;
    await this.#show();
  }

  /** Closes what one opened oneself for all whom one leads; who went along stays behind when they close it. */
  #close() {
    const opening = this.#walk?.opened.opening;
    if (opening && leads()) void tellPlace({ opening, place: null });
    else if (opening && shownStep()) leaveHost();
    this.#end();
  }

  #end() {
    this.#walk = null;
    this.#shown = "";
    this.#along = false;
    this.querySelector("dialog")?.close();
    this.requestUpdate();
  }

  /** By the Escape key, say. */
  #closed() {
    if (this.#walk) this.#close();
  }

  /** Arrow keys walk, unless they are needed where the focus is. @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#walk || !this.#drawing || /** @type {HTMLElement} */ (event.target).closest("input, select")) return;
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#drawing.go(this.#walk, this.#walk.at + way);
  }
}

customElements.define("opened-step", OpenedStep);
