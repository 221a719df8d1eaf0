/**
 * The left column: the data, the network and how it learns.
 *
 * What needs a new run is edited as a draft and sent as a whole; what can change while the run goes on is sent at once.
 */
import { html } from "lit";
import { concerns, countChanges, countParameters, optimizerToBegin, readInteger } from "../configuration/draft.js";
import { liveRows } from "../configuration/live-rows.js";
import { networkRows, options, refusalText } from "../configuration/network-rows.js";
import { send } from "../connection.js";
import { drawDigit, readImages } from "../digits.js";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { latestOnly } from "../latest.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

/** @typedef {import("../protocol").RunSpec} RunSpec */

const THUMBNAILS = [0, 1, 2, 4];

class RunConfiguration extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["run", "limits", "manifest", "theme"];

  /** What is being edited; null: the same as what runs. @type {RunSpec | null} */
  #draft = null;
  /** @type {import("../protocol").Refused | null} */
  #refusal = null;
  #sending = false;
  #open = false;
  /** The learning rate under the finger. @type {number | null} */
  #dragged = null;
  #setRate = latestOnly((/** @type {number} */ rate) => this.#set("learning_rate", rate));

  #phase = store.state.connection.phase;
  /** @type {(() => void) | null} */
  #end = null;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#end = store.subscribe(["connection"], () => {
      const { phase } = store.state.connection;
      if (phase !== this.#phase) this.requestUpdate();
      this.#phase = phase;
    });
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end?.();
  }

  /** @override */
  render() {
    const { run, limits, manifest, connection } = store.state;
    if (!run || !limits || !manifest) return html`<div class="configuration waiting" aria-hidden="true"></div>`;
    const off = connection.phase !== "live" || this.#sending;
    const draft = this.#draft ?? run.spec;
    const editing = { draft, limits, refusal: this.#refusal, off, edit: this.#edit };
    const rates = {
      optimizer: run.spec.optimizer,
      most: limits.learning_rate,
      dragged: this.#dragged,
      refusal: this.#refusal,
      off,
      open: this.#open,
      toggle: this.#toggle,
      set: (/** @type {import("../configuration/draft.js").LiveName} */ name, /** @type {number} */ value) => this.#set(name, value),
      drag: this.#drag,
    };
    return html`<div class="configuration">
      <section aria-labelledby="data-title">
        <h2 id="data-title">${_("Data")}</h2>
        ${dataCard(manifest)}
      </section>
      <section aria-labelledby="learning-title">
        <h2 id="learning-title">${_("Learning")} <small>${_("changes at once")}</small></h2>
        ${liveRows(rates)}
      </section>
      <section aria-labelledby="network-title">
        <h2 id="network-title">${_("Network")} <small>${_("starts a new run")}</small></h2>
        ${networkRows(editing, manifest)} ${this.#choices(editing)} ${this.#apply(editing, run.spec)}
      </section>
    </div>`;
  }

  /** @param {import("../configuration/network-rows.js").Editing} editing */
  #choices({ draft, limits, off, edit, refusal }) {
    const field = (/** @type {string} */ name) => (concerns(refusal, name) && refusal ? refusalText(refusal) : "");
    return html`<label class="field">
        <span>${_("Optimizer")}</span>
        <select class="value" data-testid="optimizer" ?disabled=${off}
          @change=${(/** @type {Event} */ event) => edit((spec) => (spec.optimizer.name = /** @type {HTMLSelectElement} */ (event.target).value))}>
          ${options(limits.optimizers, draft.optimizer.name)}
        </select> </label
      >${field("optimizer.name")}
      <label class="field">
        <span>${_("Initializer")}</span>
        <select class="value" data-testid="initializer" ?disabled=${off}
          @change=${(/** @type {Event} */ event) => edit((spec) => (spec.initializer = /** @type {HTMLSelectElement} */ (event.target).value))}>
          ${options(limits.initializers, draft.initializer)}
        </select> </label
      >${field("initializer")}
      <label class="field" title=${_("Examples whose gradients are averaged for one step")}>
        <span>${_("Minibatch")}</span>
        ${this.#wholeNumber("batch_size", "minibatch", draft.batch_size, 1, limits.batch_size, off, edit)} </label
      >${field("batch_size")}
      <label class="field" title=${_("Decides the first weights and the order of the examples: same seed, same run")}>
        <span>${_("Seed")}</span>
        ${this.#wholeNumber("seed", "seed", draft.seed, 0, 2 ** 32 - 1, off, edit)} </label
      >${field("seed")}`;
  }

  /**
   * @param {"batch_size" | "seed"} name
   * @param {string} testid
   * @param {number} value
   * @param {number} least
   * @param {number} most
   * @param {boolean} off
   * @param {import("../configuration/network-rows.js").Editing["edit"]} edit
   */
  #wholeNumber(name, testid, value, least, most, off, edit) {
    return html`<input class="value" type="number" inputmode="numeric" data-testid=${testid} min=${least} max=${most} step="1"
      .value=${String(value)} ?disabled=${off}
      @change=${(/** @type {Event} */ event) => {
        const input = /** @type {HTMLInputElement} */ (event.target);
        const read = readInteger(input.value, least, most) ?? value;
        input.value = String(read);
        edit((spec) => (spec[name] = read));
      }} />`;
  }

  /**
   * @param {import("../configuration/network-rows.js").Editing} editing
   * @param {RunSpec} spec
   */
  #apply({ draft, limits, off }, spec) {
    const changes = countChanges(draft, spec);
    const [rows = 0, columns = 0] = store.state.manifest?.image_shape ?? [];
    const heavy = countParameters(draft, rows * columns, store.state.manifest?.classes.length ?? 0) > limits.parameters;
    const elsewhere = this.#refusal && this.#refusal.where === "" ? refusalText(this.#refusal) : "";
    if (changes === 0) return elsewhere;
    return html`<div class="apply">
      <p>${ngettext("{count} change, for a new run", "{count} changes, for a new run", changes, { count: changes })}</p>
      ${elsewhere}
      <button class="primary" data-testid="apply" ?disabled=${off || heavy} @click=${this.#start}>${_("Start a new run")}</button>
      <button class="quiet" data-testid="undo" @click=${this.#undo}>${_("Undo")}</button>
    </div>`;
  }

  /** @param {(draft: RunSpec) => void} change */
  #edit = (change) => {
    const { run } = store.state;
    if (!run) return;
    const draft = structuredClone(this.#draft ?? run.spec);
    change(draft);
    this.#draft = countChanges(draft, run.spec) ? draft : null;
    this.#refusal = null;
    this.requestUpdate();
  };

  #toggle = () => {
    this.#open = !this.#open;
    this.requestUpdate();
  };

  #undo = () => {
    this.#draft = null;
    this.#refusal = null;
    this.requestUpdate();
  };

  #start = async () => {
    const { run } = store.state;
    if (!run || !this.#draft) return;
    // What changes at once may have changed since the draft was begun.
    const optimizer = optimizerToBegin(this.#draft, run.spec);
    this.#sending = true;
    this.requestUpdate();
    const reply = await send({ type: "configure", spec: { ...this.#draft, optimizer } });
    this.#sending = false;
    this.#refusal = reply.type === "error" ? reply : null;
    if (reply.type !== "error") this.#draft = null;
    this.requestUpdate();
  };

  /** @param {number | null} rate */
  #drag = async (rate) => {
    if (rate !== null) {
      this.#dragged = rate;
      this.requestUpdate();
      await this.#setRate(rate);
    } else {
      if (this.#dragged !== null) await this.#setRate(this.#dragged);
      this.#dragged = null;
      this.requestUpdate();
    }
  };

  /**
   * @param {import("../configuration/draft.js").LiveName} name
   * @param {number} value
   */
  async #set(name, value) {
    const reply = await send({ type: "set", values: { [name]: value } });
    this.#refusal = reply.type === "error" ? { ...reply, where: reply.where || name } : null;
    this.requestUpdate();
  }

  /** @override */
  updated() {
    const { manifest, theme } = store.state;
    if (!manifest) return;
    const images = readImages(manifest.gallery.images, manifest.gallery.labels.length);
    this.querySelectorAll("canvas").forEach((canvas, position) => {
      const image = images[THUMBNAILS[position] ?? 0];
      if (!image || canvas.dataset.drawn === `${manifest.id} ${theme}`) return;
      canvas.dataset.drawn = `${manifest.id} ${theme}`;
      drawDigit(canvas, image, theme);
    });
  }
}

/** @param {import("../protocol").Manifest} manifest */
function dataCard(manifest) {
  const counts = { train: integer(manifest.train_count), test: integer(manifest.test_count) };
  return html`<div class="data-card" title=${_("{train} digits to train on, {test} held out to test with", counts)}>
    <div class="thumbnails" aria-hidden="true">${THUMBNAILS.map(() => html`<canvas></canvas>`)}</div>
    <p><b>${manifest.dataset === "mnist" ? "MNIST" : manifest.dataset}</b>${_("{train} + {test}", counts)}</p>
  </div>`;
}

customElements.define("run-configuration", RunConfiguration);
