/**
 * The left column: the data, the network, the loss and how it learns, each in one line and opened for the rest.
 *
 * What needs a new run is edited as a draft and sent as a whole; what can change while the run goes on is sent at once.
 */
import { html, nothing } from "lit";
import { dataRows } from "../configuration/data-rows.js";
import { allChanges, anotherOptimizer, countChanges, newDraft, partOf, specToBegin } from "../configuration/draft.js";
import { problemOf } from "../configuration/fitting.js";
import { glyph, lossGlyph, networkGlyph } from "../configuration/glyphs.js";
import { liveRows, rateRows } from "../configuration/live-rows.js";
import { lossRows } from "../configuration/loss-rows.js";
import { alsoChanged, displayName, faultOf, lossWords } from "../configuration/names.js";
import { networkRows } from "../configuration/network-rows.js";
import { optimizerRows } from "../configuration/optimizer-rows.js";
import { planGlyph } from "../configuration/schedule-plan.js";
import { takePreset } from "../configuration/presets.js";
import { openingPart, refusalText } from "../configuration/rows.js";
import { fitLayers, size } from "../configuration/shapes.js";
import { dataWords, networkTraits, networkWords, optimizerWords, parameterWords } from "../configuration/summary.js";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { latestOnly } from "../latest.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { steeredBy, steers } from "../workshop/steering.js";

/**
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../configuration/draft.js").Draft} Draft
 * @typedef {import("../configuration/draft.js").Part} Part
 * @typedef {import("../configuration/rows.js").Editing} Editing
 * @typedef {import("../configuration/live-rows.js").LiveEditing} LiveEditing
 * @typedef {import("../configuration/kinds.js").Kind} Kind
 */

class RunConfiguration extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["run", "limits", "manifest", "seat", "workshop"];

  /** What is being edited; null: the same as what runs. @type {Draft | null} */
  #draft = null;
  /** @type {import("../protocol").Refused | null} */
  #refusal = null;
  #sending = false;
  /** The parts that are opened. @type {Set<Part>} */
  #open = new Set();
  /** The position of the layer whose row is opened. @type {number | null} */
  #openLayer = null;
  /** Of the layer that would be added next. @type {Kind} */
  #kind = "dense";
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
    const editing = this.#editing();
    const { run, manifest } = store.state;
    if (!editing || !run || !manifest) return html`<div class="configuration waiting" aria-hidden="true"></div>`;
    const changes = countChanges(editing.draft, run.spec);
    return html`<div class="configuration">
      ${steers() ? nothing : html`<p class="steered" data-testid="set-up-steered">${_("The set-up of {name}’s run", { name: steeredBy() })}</p>`}
      ${this.#dataPart(editing, changes.data, manifest)} ${this.#networkPart(editing, changes.network)}
      ${this.#lossPart(editing, changes.loss)} ${this.#optimizerPart(editing, changes.optimizer, run.spec)}
      ${this.#apply(editing, allChanges(changes))}
    </div>`;
  }

  /** @returns {Editing | null} */
  #editing() {
    const { run, limits, connection } = store.state;
    if (!run || !limits) return null;
    const draft = specToBegin(this.#draft, run.spec);
    const problem = problemOf(limits, draft.dataset);
    if (!problem) return null;
    const off = connection.phase !== "live" || this.#sending || !steers();
    const fit = fitLayers(draft.layers, problem.input, problem.outputs);
    return { draft, limits, problem, fit, refusal: this.#refusal, off, edit: this.#edit };
  }

  /** @param {Editing} editing @param {number} changes @param {import("../protocol").Manifest} manifest */
  #dataPart(editing, changes, manifest) {
    const { draft, problem } = editing;
    const counts = { train: integer(manifest.train_count), test: integer(manifest.test_count) };
    const detail = problem.choice.made ? dataWords(draft, problem) : changes || manifest.dataset !== draft.dataset.name ? "" : _("{train} + {test}", counts);
    const part = { name: /** @type {const} */ ("data"), title: _("Data"), glyph: glyph(draft.dataset.name), choice: displayName(draft.dataset.name), detail };
    return openingPart({ ...part, ...this.#opening("data", changes) }, () => dataRows(editing));
  }

  /** @param {Editing} editing @param {number} changes */
  #networkPart(editing, changes) {
    const { draft, problem, fit } = editing;
    const sizes = [size(fit.input), ...fit.shapes.map(([first = 1]) => first), problem.outputs];
    const detail = fit.misfit ? _("does not fit yet") : [networkTraits(draft), parameterWords(fit.parameters)].filter(Boolean).join(" · ");
    const part = { name: /** @type {const} */ ("network"), title: _("Network"), glyph: networkGlyph(sizes), choice: networkWords(draft, problem), detail };
    return openingPart({ ...part, ...this.#opening("network", changes) }, () =>
      networkRows(editing, {
        openLayer: this.#openLayer,
        toggleLayer: (position) => this.#show(() => (this.#openLayer = this.#openLayer === position ? null : position)),
        kind: this.#kind,
        chooseKind: (kind) => this.#show(() => (this.#kind = kind)),
        takePreset: (preset) =>
          this.#change((changing) => {
            changing.optimizer = takePreset(preset, changing.spec, problem);
            changing.notes = [faultOf(preset.name)].filter(Boolean);
            this.#openLayer = null;
          }),
      }),
    );
  }

  /** @param {Editing} editing @param {number} changes */
  #lossPart(editing, changes) {
    const { name } = editing.draft.loss;
    const [choice, detail] = lossWords(name);
    const part = { name: /** @type {const} */ ("loss"), title: _("Loss"), glyph: lossGlyph(name), choice, detail };
    return openingPart({ ...part, ...this.#opening("loss", changes) }, () => lossRows(editing));
  }

  /** @param {Editing} editing @param {number} changes @param {RunSpec} spec */
  #optimizerPart(editing, changes, spec) {
    const { draft, limits, off } = editing;
    /** @type {LiveEditing} */
    const rates = {
      optimizer: spec.optimizer,
      limits,
      dragged: this.#dragged,
      refusal: this.#refusal,
      off,
      set: (name, value) => this.#set(name, value),
      drag: this.#drag,
      now: () => store.state.run?.spec.optimizer ?? spec.optimizer,
    };
    const part = {
      name: /** @type {const} */ ("optimizer"),
      title: _("Optimizer"),
      glyph: planGlyph(draft.optimizer),
      choice: displayName(draft.optimizer.name),
      detail: optimizerWords(draft),
    };
    const choose = (/** @type {string} */ name) => this.#change((changing) => void (changing.optimizer = anotherOptimizer(name, spec)));
    return openingPart(
      { ...part, ...this.#opening("optimizer", changes) },
      () => html`${liveRows(rates)} ${optimizerRows(editing, choose)}`,
      rateRows(rates),
    );
  }

  /** @param {Part} name @param {number} changes */
  #opening(name, changes) {
    const toggle = () => this.#show(() => (this.#open.has(name) ? this.#open.delete(name) : this.#open.add(name)));
    return { open: this.#open.has(name), changed: changes > 0, toggle };
  }

  /** @param {Editing} editing @param {number} changes */
  #apply({ draft, limits, off, fit }, changes) {
    const elsewhere = this.#refusal && !partOf(this.#refusal.where) ? refusalText(this.#refusal) : nothing;
    if (changes === 0) return elsewhere;
    const impossible = Boolean(fit.misfit) || fit.parameters > limits.parameters;
    const misfit = fit.misfit && (fit.misfit.at < draft.layers.length ? _("Hidden layer {number} does not fit yet.", { number: fit.misfit.at + 1 }) : _("The output layer does not fit yet."));
    return html`<div class="apply" data-testid="draft">
      <p>${ngettext("{count} change, for a new run", "{count} changes, for a new run", changes, { count: changes })}</p>
      <button class="quiet" data-testid="undo" @click=${this.#undo}>${_("Undo")}</button>
      ${this.#draft?.notes.map((note) => html`<p class="note" data-testid="also-changed">${note}</p>`)}
      ${misfit ? html`<p class="note">${misfit}</p>` : nothing} ${elsewhere}
      <button class="primary" data-testid="apply" ?disabled=${off || impossible} @click=${this.#start}>${_("Start a new run")}</button>
    </div>`;
  }

  /** @type {Editing["edit"]} */
  #edit = (change) =>
    this.#change((changing) => {
      const also = change(changing.spec) ?? [];
      if (also.length) changing.notes = also.map(alsoChanged);
    });

  /** @param {(draft: Draft) => void} change */
  #change(change) {
    const { run } = store.state;
    if (!run) return;
    const draft = this.#draft ?? newDraft(run.spec);
    /** @type {Draft} */
    const changing = { spec: structuredClone(draft.spec), optimizer: draft.optimizer, notes: draft.notes };
    change(changing);
    this.#draft = allChanges(countChanges(specToBegin(changing, run.spec), run.spec)) ? changing : null;
    this.#refusal = null;
    if ((this.#openLayer ?? 0) >= changing.spec.layers.length) this.#openLayer = null;
    this.requestUpdate();
  }

  /** Changes what is in sight. @param {() => void} change */
  #show(change) {
    change();
    this.requestUpdate();
  }

  #undo = () => {
    this.#draft = null;
    this.#refusal = null;
    this.#openLayer = null;
    this.requestUpdate();
  };

  #start = async () => {
    const { run } = store.state;
    if (!run || !this.#draft) return;
    this.#sending = true;
    this.requestUpdate();
    // What changes at once may have changed since the draft was begun.
    const reply = await send({ type: "configure", spec: specToBegin(this.#draft, run.spec) });
    this.#sending = false;
    this.#refuse(reply.type === "error" ? reply : null);
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
   * @param {import("../configuration/draft.js").LiveName | "schedule"} name
   * @param {number | string} value
   */
  async #set(name, value) {
    const reply = await send({ type: "set", values: { [name]: value } });
    this.#refuse(reply.type === "error" ? { ...reply, where: reply.where || name } : null);
    this.requestUpdate();
  }

  /** What was refused is in sight: its part is opened. @param {import("../protocol").Refused | null} refusal */
  #refuse(refusal) {
    this.#refusal = refusal;
    const part = refusal && partOf(refusal.where);
    if (part && !refusal.where.endsWith("learning_rate")) this.#open.add(part);
  }
}

customElements.define("run-configuration", RunConfiguration);
