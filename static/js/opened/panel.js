/** The opened step as a whole: its head, the phases, what runs through them, the idea one is at, and the way on. */
import { html, nothing } from "lit";
import { integer, number } from "../format.js";
import { _ } from "../i18n.js";
import { store } from "../store.js";
import { goesAlong, isShownToAll, leader, leads, looksOnOwn, lookWithHost, shownStep } from "../workshop/step-following.js";
import { anatomy } from "./anatomy.js";
import { blame } from "./blame.js";
import { chain } from "./chain.js";
import { check } from "./check.js";
import { cost } from "./cost.js";
import { minibatch } from "./examples.js";
import { forces } from "./forces.js";
import { IDEAS, PHASES, phaseName } from "./ideas.js";
import { ladder } from "./ladder.js";
import { outer } from "./outer.js";
import { promise } from "./promise.js";
import { isSecret } from "../vote/step-question.js";
import { slice } from "./slice.js";
import { subject } from "./subject.js";
import { votes } from "./votes.js";

import { Walk } from "./walk.js";

export { Walk };

/** @typedef {import("./ideas.js").Phase} Phase */

/** @type {Record<import("./ideas.js").IdeaName, (walk: Walk) => unknown>} */
const SECTIONS = { minibatch, forces, chain, votes, outer, blame, ladder, check, anatomy, promise, slice, cost };

/** @param {Walk} walk @param {{ close: () => void, again: () => void }} acts */
export function panel(walk, { close, again }) {
  const { idea, opened, manifest } = walk;
  const changed = store.state.manifest?.id !== manifest.id;
  return html`<div class="opened" data-phase=${idea.phase}>
    <header>
      <h2 id="opened-title" data-testid="opened-title">${_("Step {step}, opened", { step: integer(opened.step) })}</h2>
      <p>${_("loss {loss} · learning rate {rate} · minibatch of {size}", {
        loss: number(opened.loss),
        rate: number(opened.learning_rate),
        size: integer(opened.batch_size),
      })}</p>
      ${together(walk, again)}
      <button class="quiet icon" data-testid="close-opened" aria-label=${_("Close")} @click=${close}><svg aria-hidden="true"><use href="#symbol-close"></use></svg></button>
    </header>
    ${changed || walk.gone ? html`<p class="notice warning" data-testid="step-gone">${changed
      ? _("The run has another network by now; this step was of the one before.")
      : _("The run has lost this step, since it began anew: what was asked before is still here, nothing else can be asked.")}</p>` : nothing}
    <nav aria-label=${_("Phases of the step")}>${PHASES.map((phase) => phaseEntry(walk, phase))}</nav>
    <div class="content" tabindex="-1">
      ${subject(walk)}
      <step-question .walk=${walk}></step-question>
      <article data-testid="idea" data-idea=${idea.name} aria-labelledby="idea-title">
        <h3 id="idea-title">${idea.title()}</h3>
        <p class="lead">${idea.lead()}</p>
        ${idea.phase === "update" && isSecret(opened.step)
          ? html`<p class="computing" role="status" data-testid="step-secret">${_("What the step does is shown when the question is decided.")}</p>`
          : SECTIONS[idea.name](walk)}
      </article>
    </div>
    <footer>
      <button data-testid="previous-idea" ?disabled=${walk.at === 0} @click=${() => go(walk, walk.at - 1)}>‹ ${_("Back")}</button>
      <p>${_("{at} of {count}", { at: walk.at + 1, count: IDEAS.length })}</p>
      <button class="primary" data-testid="next-idea" ?disabled=${walk.at === IDEAS.length - 1} @click=${() => go(walk, walk.at + 1)}>${nextName(walk)} ›</button>
    </footer>
  </div>`;
}

/** What one does to the others here, or they to one. @param {Walk} walk @param {() => void} again */
function together(walk, again) {
  const shown = shownStep()?.opening === walk.opened.opening;
  if (walk.opened.opening === "" || leads()) {
    return html`${shown && isShownToAll() ? html`<span class="together" data-testid="step-shown">${_("All who follow see this")}</span>` : nothing}
      <button data-testid="open-next" title=${_("Open the step that the run makes next")} @click=${again}>${_("Open the newest step")}</button>`;
  }
  if (looksOnOwn()) return html`<button class="primary together" data-testid="step-with-host" @click=${lookWithHost}>${_("Look with {name}", { name: leader() })}</button>`;
  return goesAlong() ? html`<span class="together" role="status" data-testid="step-along">${_("{name} leads you through it", { name: leader() })}</span>` : nothing;
}

/** @param {Walk} walk */
function nextName(walk) {
  return IDEAS[walk.at + 1]?.title() ?? _("Next");
}

/** @param {Walk} walk @param {number} at */
export function go(walk, at) {
  if (at < 0 || at >= IDEAS.length) return;
  walk.set({ at });
  document.querySelector(".opened .content")?.scrollTo(0, 0);
}

/** @param {Walk} walk @param {Phase} phase */
function phaseEntry(walk, phase) {
  const ideas = IDEAS.flatMap((idea, at) => (idea.phase === phase ? [{ idea, at }] : []));
  const here = walk.idea.phase === phase;
  return html`<section class="phase ${phase} ${here ? "here" : ""}">
    <h3><button class="plain" data-testid="phase-${phase}" aria-current=${here ? "step" : "false"} @click=${() => go(walk, ideas[0]?.at ?? 0)}>${phaseName(phase)}</button>
      ${phase === "backward" ? html`<small class="locked">${padlock(true)}${_("weights locked")}</small>` : nothing}
      ${phase === "update" ? html`<small class="moving">${padlock(false)}${_("weights move")}</small>` : nothing}</h3>
    ${ideas.length > 1
      ? html`<ol>${ideas.map(
          ({ idea, at }) => html`<li><button class="plain" data-testid="idea-${idea.name}" aria-current=${at === walk.at ? "step" : "false"} @click=${() => go(walk, at)}>${idea.title()}</button></li>`,
        )}</ol>`
      : nothing}
  </section>`;
}

/** @param {boolean} locked */
function padlock(locked) {
  return html`<svg aria-hidden="true" viewBox="0 0 14 14"><rect x="2.5" y="6.2" width="9" height="6.3" rx="1.4"></rect>
    <path d=${locked ? "M4.5 6V4.2a2.5 2.5 0 0 1 5 0V6" : "M4.5 6V4a2.5 2.5 0 0 1 4.7-1.2"}></path></svg>`;
}
