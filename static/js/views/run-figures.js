/** The numbers one looks for first: step, epoch, loss, held-out accuracy, steps a second. */
import { html } from "lit";
import { fixed, integer, number, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

const SPOKEN_EVERY = 15_000; // a screen reader needs time to finish a sentence

class RunFigures extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["units", "training", "heldOut", "manifest", "share"];

  /** @override @type {typeof Panel.watches} */
  static urgent = ["run"];

  /** @override */
  static rate = 15;

  #spokenAt = -Infinity;
  #spokenStatus = "";
  #spoken = "";

  /** @override */
  render() {
    const { step, epoch } = standing();
    const { run, units, training, heldOut } = store.state;
    const lately = training.at(-1);
    const tested = heldOut.at(-1);
    const speed = run?.status === "running" ? units?.frame.steps_per_second : run ? 0 : null;
    return html`<dl class="figures">
        ${figure("step", _("step"), run ? integer(step) : "–", _("Updates of the parameters so far"))}
        ${figure("epoch", _("epoch"), run ? fixed(epoch, 2) : "–", _("Passes through the training data so far"))}
        ${figure("loss", _("loss"), number(lately?.smoothed_loss), lossMeaning())}
        ${store.state.manifest?.task === "regression"
          ? figure("held-out-loss", heldOutLossLabel(), number(tested?.loss), testedMeaning(), "right")
          : figure("accuracy", accuracyLabel(), percent(tested?.accuracy), testedMeaning(), "right")}
        ${figure("steps-per-second", speedLabel(), integer(speed), speedMeaning())}
      </dl>
      <p class="visually-hidden" role="status" data-testid="summary">${this.#summary()}</p>`;
  }

  #summary() {
    const { run, training, heldOut } = store.state;
    const now = performance.now();
    if (!run || training.length === 0 || (run.status === this.#spokenStatus && now - this.#spokenAt < SPOKEN_EVERY)) return this.#spoken;
    this.#spokenAt = now;
    this.#spokenStatus = run.status;
    const values = {
      status: statusName(run.status),
      step: integer(standing().step),
      loss: number(training.at(-1)?.smoothed_loss),
      accuracy: percent(heldOut.at(-1)?.accuracy),
      tested: number(heldOut.at(-1)?.loss),
    };
    if (store.state.manifest?.task === "regression") {
      this.#spoken = _("{status}, step {step}, loss {loss}, held-out loss {tested}", values);
      return this.#spoken;
    }
    this.#spoken = _("{status}, step {step}, loss {loss}, held-out accuracy {accuracy}", values);
    return this.#spoken;
  }
}

/** Where the run stands: a state says it exactly when the run stops, frames say it on the way. */
function standing() {
  const { run, units } = store.state;
  if (!run) return { step: 0, epoch: 0 };
  if (!units) return run;
  return run.status !== "running" && run.step > units.frame.step ? run : units.frame;
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

function heldOutLossLabel() {
  return html`<span class="long">${_("held-out loss")}</span><span class="short">${_("held-out")}</span>`;
}

function lossMeaning() {
  const last = store.state.training.at(-1);
  if (!last) return _("No step has been computed yet");
  return _("Averaged over the last minibatches; {loss} on that of step {step} alone", {
    loss: number(last.loss),
    step: integer(last.step),
  });
}

function testedMeaning() {
  const tested = store.state.heldOut.at(-1);
  if (!tested) return _("The network has not been tested yet");
  if (tested.correct === null) return _("Mean over {count} held-out examples, at step {step}", { count: integer(tested.count), step: integer(tested.step) });
  return _("{correct} of {count} held-out examples read right at step {step}", {
    correct: integer(tested.correct),
    count: integer(tested.count),
    step: integer(tested.step),
  });
}

/** Who shares a training process with others should know why it is slower than alone. */
function speedLabel() {
  const { share } = store.state;
  if (!isShared()) return _("steps/s");
  return html`${_("steps/s")} <span class="share" data-testid="share">1/${integer(share?.among)}</span>`;
}

function speedMeaning() {
  const { share } = store.state;
  if (!isShared()) return _("Steps a second, measured lately");
  return _("Steps a second, measured lately; {count} runs share a training process, and this one used {share} of its time", {
    count: integer(share?.among),
    share: percent(share?.share, 0),
  });
}

function isShared() {
  const { run, share } = store.state;
  return run?.status === "running" && share !== null && share.among > 1;
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
