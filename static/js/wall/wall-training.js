/** Training a copy of the host's run on the admitted drawings: asked for here, measured, and put in the run's place. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { practiceWords } from "../practice/words.js";
import { store } from "../store.js";
import { trainedResult, trainingCurves } from "./trained.js";

const MOST_STEPS = 1000;

class WallTraining extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["wall", "workshop", "seat", "connection"];

  /** @override */
  static properties = { steps: { state: true }, rate: { state: true }, share: { state: true }, refusal: { state: true } };

  constructor() {
    super();
    this.steps = "100";
    this.rate = "0.05";
    this.share = "50";
    this.refusal = "";
  }

  /** @override */
  render() {
    const { workshop, wall, seat, connection } = store.state;
    if (!workshop) return nothing;
    const host = seat?.person.role === "host";
    const trained = wall?.trained ?? null;
    const { admitted, training } = workshop.wall;
    if (!host && !trained && !training) return nothing;
    const off = connection.phase !== "live" || training;
    return html`<section class="wall-training" data-testid="wall-training" aria-labelledby="wall-training-title">
      <h2 id="wall-training-title">${_("Learn from the class")}</h2>
      ${host ? this.#form(admitted, off) : nothing}
      ${training ? this.#way(wall?.progress ?? null) : trained ? trainedResult(trained) : nothing}
      ${host && trained && !training ? this.#adoption(trained, off) : nothing}
      <p class="door-refusal" role="alert">${this.refusal}</p>
    </section>`;
  }

  /** How far it is. @param {import("../protocol").PracticeProgress | null} progress */
  #way(progress) {
    return html`<p class="wall-busy" role="status" data-testid="wall-way">${_("A copy is being trained.")} ${practiceWords(progress)}</p>
      ${progress ? trainingCurves(progress) : nothing}`;
  }

  /** @param {number} admitted @param {boolean} off */
  #form(admitted, off) {
    return html`<form @submit=${this.#train}>
      <div class="wall-fields">
        ${this.#field(_("steps"), "steps", { min: 1, max: MOST_STEPS, step: 1 })}
        ${this.#field(_("learning rate"), "rate", { min: 0.0001, max: 10, step: "any" })}
        ${this.#field(_("MNIST, %"), "share", { min: 0, max: 95, step: 1 })}
      </div>
      <button class="primary" type="submit" data-testid="train-on-wall" ?disabled=${off || admitted === 0}>${ngettext("Train a copy on {count} drawing", "Train a copy on {count} drawings", admitted, { count: integer(admitted) })}</button>
      <p class="note">${admitted === 0
        ? _("Press the drawings that it may learn from.")
        : _("Every third of them is only tested with. MNIST is mixed into each minibatch, so that it forgets less. The run itself is left alone.")}</p>
    </form>`;
  }

  /** @param {string} name @param {"steps" | "rate" | "share"} key @param {{ min: number, max: number, step: number | string }} bounds */
  #field(name, key, { min, max, step }) {
    return html`<label class="field">${name}<input type="number" required min=${min} max=${max} step=${step} data-testid="wall-${key}" .value=${this[key]}
      @input=${(/** @type {Event} */ event) => (this[key] = /** @type {HTMLInputElement} */ (event.target).value)} /></label>`;
  }

  /** @param {import("../protocol").WallTrained} trained @param {boolean} off */
  #adoption(trained, off) {
    if (trained.adopted) return html`<p class="note" data-testid="wall-adopted">${_("It is in the place of the run now.")}</p>`;
    return html`<button data-testid="adopt-wall" ?disabled=${off} @click=${this.#adopt}>${_("Put it in the place of the run")}</button>
      <p class="note">${_("Nothing has changed yet: the run has checksum {checksum}.", { checksum: trained.checksum_before })}</p>`;
  }

  /** @param {Event} event */
  #train = async (event) => {
    event.preventDefault();
    const reply = await send({ type: "train_on_wall", steps: Number(this.steps), learning_rate: Number(this.rate), mnist_share: Number(this.share) / 100 });
    this.refusal = reply.type === "error" ? reply.message : "";
  };

  #adopt = async () => {
    const reply = await send({ type: "adopt_wall" });
    this.refusal = reply.type === "error" ? reply.message : "";
  };
}

customElements.define("wall-training", WallTraining);
