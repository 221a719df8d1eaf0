/** The numbers one looks for first: step, epoch, loss, held-out accuracy, steps a second. */
import { html } from "lit";
import { fixed, integer, number, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

const SPOKEN_EVERY = 15_000; // a screen reader needs time to finish a sentence

class RunFigures extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["run", "units", "training", "heldOut"];

  /** @override */
  static rate = 15;

  /** The newest of what frames and states said. */
  #step = 0;
  #epoch = 0;
  /** @type {import("../protocol").RunState | null} */
  #run = null;
  /** @type {import("../store.js").DecodedFrame | null} */
  #units = null;

  #spokenAt = -Infinity;
  #spokenStatus = "";
  #spoken = "";

  /** @override */
  render() {
    this.#follow();
    const { run, units, training, heldOut } = store.state;
    const lately = training.at(-1);
    const tested = heldOut.at(-1);
    const speed = run?.status === "running" ? units?.frame.steps_per_second : run ? 0 : null;
    return html`<dl class="figures">
        ${figure("step", _("step"), run ? integer(this.#step) : "–", _("Updates of the parameters so far"))}
        ${figure("epoch", _("epoch"), run ? fixed(this.#epoch, 2) : "–", _("Passes through the training data so far"))}
        ${figure("loss", _("loss"), number(lately?.smoothed_loss), lossMeaning())}
        ${figure("accuracy", accuracyLabel(), percent(tested?.accuracy), testedMeaning(), "right")}
        ${figure("steps-per-second", _("steps/s"), integer(speed), _("Steps a second, measured lately"))}
      </dl>
      <p class="visually-hidden" role="status" data-testid="summary">${this.#summary()}</p>`;
  }

  /** Takes the step from whichever came last: a frame, or a state that says where the run stands. */
  #follow() {
    const { run, units } = store.state;
    if (units && units !== this.#units) {
      this.#step = units.frame.step;
      this.#epoch = units.frame.epoch;
    }
    if (run && run !== this.#run && (run.status !== "running" || !units)) {
      this.#step = run.step;
      this.#epoch = run.epoch;
    }
    this.#run = run;
    this.#units = units;
  }

  #summary() {
    const { run, training, heldOut } = store.state;
    const now = performance.now();
    if (!run || (run.status === this.#spokenStatus && now - this.#spokenAt < SPOKEN_EVERY)) return this.#spoken;
    this.#spokenAt = now;
    this.#spokenStatus = run.status;
    const values = {
      status: statusName(run.status),
      step: integer(this.#step),
      loss: number(training.at(-1)?.smoothed_loss),
      accuracy: percent(heldOut.at(-1)?.accuracy),
    };
    this.#spoken = _("{status}, step {step}, loss {loss}, held-out accuracy {accuracy}", values);
    return this.#spoken;
  }
}

/**
 * @param {string} name
 * @param {unknown} label
 * @param {string} value
 * @param {string} meaning
 * @param {string} [tone]
 */
function figure(name, label, value, meaning, tone = "") {
  return html`<div class="figure figure-${name}" title=${meaning}>
    <dt>${label}</dt>
    <dd class=${tone} data-testid=${name}>${value}</dd>
  </div>`;
}

/** A phone has room for one word of it. */
function accuracyLabel() {
  return html`<span class="long">${_("held-out accuracy")}</span><span class="short">${_("held-out")}</span>`;
}

function lossMeaning() {
  const last = store.state.training.at(-1);
  if (!last) return _("No step has been computed yet");
  return _("Cross-entropy, averaged over the last minibatches; {loss} on that of step {step} alone", {
    loss: number(last.loss),
    step: integer(last.step),
  });
}

function testedMeaning() {
  const tested = store.state.heldOut.at(-1);
  if (!tested) return _("The network has not been tested yet");
  return _("{correct} of {count} held-out digits read right at step {step}", {
    correct: integer(tested.correct),
    count: integer(tested.count),
    step: integer(tested.step),
  });
}

/** @param {import("../protocol").Status} status */
function statusName(status) {
  switch (status) {
    case "running":
      return _("Training");
    case "diverged":
      return _("Diverged");
    case "finished":
      return _("Finished");
    case "failed":
      return _("Failed");
    default:
      return _("Paused");
  }
}

customElements.define("run-figures", RunFigures);
