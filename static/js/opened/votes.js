/** The votes of the minibatch on one weight: each example's own gradient beside its picture, and what they add up to. */
import { html, nothing } from "lit";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";
import { picture, reading } from "./examples.js";
import { figure, largest, pull } from "./numbers.js";
import { shown, stat } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */

const MOST_SHOWN = 64;

/** @param {Walk} walk */
export function votes(walk) {
  const { address, index } = walk.weight;
  return shown(walk.asking.read({ about: "votes", address, index }), (answer) => tally(walk, answer));
}

/** @param {Walk} walk @param {import("./answers").Votes} answer */
function tally(walk, answer) {
  const limit = largest(answer.votes);
  const order = answer.votes.map((vote, example) => ({ vote: vote ?? 0, example }));
  const shownVotes = order
    .sort((one, other) => Math.abs(other.vote) - Math.abs(one.vote))
    .slice(0, MOST_SHOWN)
    .sort((one, other) => other.vote - one.vote);
  const hidden = order.slice(MOST_SHOWN).reduce((total, { vote }) => total + vote, 0);
  const up = answer.votes.reduce((/** @type {number} */ total, vote) => total + Math.max(0, vote ?? 0), 0);
  const down = answer.votes.reduce((/** @type {number} */ total, vote) => total + Math.max(0, -(vote ?? 0)), 0);
  return html`<dl class="stats">
      ${stat(_("sum: the gradient"), figure(answer.sum, "gradient", _("sum of all votes"), "votes-sum"))}
      ${stat(_("mean of the votes"), figure(answer.mean, "gradient"))}
      ${stat(_("agreement"), percent(answer.agreement, 0), _("of the weight of the votes has the sign of the sum"))}
      ${stat(_("cancellation"), percent(answer.cancellation, 0), _("is lost as votes pull against each other"))}
    </dl>
    ${tug(down, up)}
    <ol class="votes" data-testid="votes">
      ${shownVotes.map(
        ({ vote, example }) => html`<li class=${example === walk.example ? "chosen" : ""}>
          <button class="plain" aria-pressed=${example === walk.example ? "true" : "false"} aria-label=${reading(walk, example)}
            ?disabled=${example >= walk.opened.examples.length} title=${reading(walk, example)} @click=${() => walk.set({ example })}>${picture(walk, example, "thumb small")}</button>
          ${pull(vote, limit, "gradient")} ${figure(vote, "gradient", _("vote of example #{example}", { example }), "vote")}
        </li>`,
      )}
    </ol>
    ${hidden
      ? html`<p class="note">${_("The other {count} votes, all smaller, add up to", { count: integer(order.length - MOST_SHOWN) })} ${figure(hidden, "gradient")}</p>`
      : nothing}
    <p class="so">${_("A vote is 1/n of the example's own gradient, so the votes add up to the gradient of the step. The weight goes where the sum says, against many of them.")}</p>`;
}

/** All that pull down against all that pull up, on one line. @param {number} down @param {number} up */
function tug(down, up) {
  const share = up + down > 0 ? (100 * down) / (up + down) : 50;
  return html`<div class="tug">
    ${figure(-down, "gradient", _("all votes below zero"))}
    <svg aria-hidden="true">
      <rect class="gradient-negative" width="${share.toFixed(2)}%" height="100%"></rect>
      <rect class="gradient-positive" x="${share.toFixed(2)}%" width="${(100 - share).toFixed(2)}%" height="100%"></rect>
      <line x1="50%" x2="50%" y1="0" y2="100%"></line>
    </svg>
    ${figure(up, "gradient", _("all votes above zero"))}
  </div>`;
}
