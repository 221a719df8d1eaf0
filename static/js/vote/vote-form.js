/** The host asks: in words of their own, or about the run, which then decides. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { accuracyInDoubt, lossInDoubt, stepAhead } from "./suggested.js";
import { sentence } from "./words.js";

/** @typedef {import("../protocol").AnyClassQuestion} AnyClassQuestion */
/** @typedef {Exclude<AnyClassQuestion["about"], "weight_moves" | "loss_falls">} About  the opened step is asked about where it is opened */

const MOST_OPTIONS = 10;
const MOST_QUESTION = 200;
const MOST_OPTION = 60;

class VoteForm extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["connection", "run", "training"];

  /** @override */
  static rate = 1;

  /** @override */
  static properties = { about: { state: true }, draft: { state: true }, refusal: { state: true } };

  constructor() {
    super();
    /** @type {About} */
    this.about = "loss_below";
    this.draft = suggestion();
    this.refusal = "";
  }

  /** @override */
  render() {
    /** @type {Record<About, string>} */
    const kinds = {
      loss_below: _("The loss"),
      accuracy_above: _("The accuracy"),
      most_confused: _("The digit misread most"),
      own_words: _("In your own words"),
    };
    const question = this.#question();
    return html`<form class="vote-form" data-testid="vote-form" @submit=${this.#ask}>
      <fieldset class="vote-kinds"><legend>${_("What do you ask about?")}</legend>
        ${Object.entries(kinds).map(([about, name]) => html`<label class="vote-kind ${about === this.about ? "chosen" : ""}">
          <input type="radio" name="about" value=${about} .checked=${about === this.about} data-testid="about-${about}" @change=${() => this.#choose(/** @type {About} */ (about))} />${name}</label>`)}
      </fieldset>
      ${this.about === "own_words" ? this.#words() : this.#numbers()}
      ${question ? html`<p class="stage-question" data-testid="stage-question">${sentence(question)}</p>` : nothing}
      <div class="stage-actions">
        <button class="primary" type="submit" data-testid="ask-class" ?disabled=${!question || store.state.connection.phase !== "live"}>${_("Ask everyone")}</button>
        <p class="door-refusal" role="alert">${this.refusal}</p>
      </div>
      <p class="note">${this.about === "own_words" ? _("You say which answer is right, or that none is.") : _("The run decides: pause it while they think, close the answers, then let it train.")}</p>
    </form>`;
  }

  /** @param {About} about */
  #choose(about) {
    this.about = about;
    this.draft = { ...suggestion(), text: this.draft.text, options: this.draft.options };
  }

  #numbers() {
    const step = reached();
    return html`<div class="stage-fields">
      <label class="field">${_("at step")}<input type="number" min=${step + 1} max="9007199254740991" required data-testid="vote-step" .value=${this.draft.step}
        @input=${(/** @type {Event} */ event) => this.#set({ step: text(event) })} /></label>
      ${this.about === "loss_below" ? html`<label class="field">${_("below")}<input type="number" min="0" step="any" required data-testid="vote-threshold" .value=${this.draft.loss}
        @input=${(/** @type {Event} */ event) => this.#set({ loss: text(event) })} /></label>` : nothing}
      ${this.about === "accuracy_above" ? html`<label class="field">${_("above, %")}<input type="number" min="1" max="99.9" step="any" required data-testid="vote-threshold" .value=${this.draft.accuracy}
        @input=${(/** @type {Event} */ event) => this.#set({ accuracy: text(event) })} /></label>` : nothing}
      <p class="note">${_("The run is at step {step}.", { step: integer(step) })}</p>
    </div>`;
  }

  #words() {
    const { options } = this.draft;
    return html`<div class="stage-fields own-words">
      <label class="field">${_("Question")}<textarea rows="2" maxlength=${MOST_QUESTION} data-testid="vote-text" .value=${this.draft.text}
        @input=${(/** @type {Event} */ event) => this.#set({ text: text(event) })}></textarea></label>
      ${options.map((option, i) => html`<label class="field">${_("Answer {number}", { number: i + 1 })}<input type="text" maxlength=${MOST_OPTION} data-testid="vote-answer-${i}" .value=${option}
        @input=${(/** @type {Event} */ event) => this.#set({ options: options.map((old, at) => (at === i ? text(event) : old)) })} /></label>`)}
      ${options.length < MOST_OPTIONS ? html`<button type="button" class="quiet" data-testid="vote-more" @click=${() => this.#set({ options: [...options, ""] })}>${_("One more answer")}</button>` : nothing}
    </div>`;
  }

  /** @param {Partial<Draft>} change */
  #set(change) {
    this.draft = { ...this.draft, ...change };
  }

  /** The question as it stands, if it is one. @returns {AnyClassQuestion | null} */
  #question() {
    const { draft } = this;
    const step = Number(draft.step);
    if (this.about === "own_words") {
      const options = draft.options.map((option) => option.trim()).filter(Boolean);
      return draft.text.trim() && options.length >= 2 ? { about: "own_words", text: draft.text.trim(), options } : null;
    }
    if (!Number.isSafeInteger(step) || step < 1) return null;
    if (this.about === "most_confused") return { about: "most_confused", step };
    if (this.about === "loss_below") {
      const threshold = Number(draft.loss);
      return threshold > 0 && threshold <= 1e6 ? { about: "loss_below", step, threshold } : null;
    }
    const threshold = Number(draft.accuracy) / 100;
    return threshold > 0 && threshold < 1 ? { about: "accuracy_above", step, threshold } : null;
  }

  /** @param {Event} event */
  #ask = async (event) => {
    event.preventDefault();
    const question = this.#question();
    if (!question) return;
    const reply = await send({ type: "ask_class", question });
    this.refusal = reply.type === "error" ? reply.message : "";
  };
}

/** @typedef {{ step: string, loss: string, accuracy: string, text: string, options: string[] }} Draft */

/** What one may ask about the run as it is now. @returns {Draft} */
function suggestion() {
  const { training, heldOut } = store.state;
  return {
    step: String(stepAhead(reached())),
    loss: String(lossInDoubt(training)),
    accuracy: String(accuracyInDoubt(heldOut)),
    text: "",
    options: ["", ""],
  };
}

/** The step that the run is known to have done. */
function reached() {
  const { run, training } = store.state;
  return Math.max(run?.step ?? 0, training.at(-1)?.step ?? 0);
}

/** @param {Event} event */
function text(event) {
  return /** @type {HTMLInputElement | HTMLTextAreaElement} */ (event.target).value;
}

customElements.define("vote-form", VoteForm);
