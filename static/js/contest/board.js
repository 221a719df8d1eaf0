/** The board of a challenge: the best first, each with what it took. */
import { html, nothing } from "lit";
import { integer, percent } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { setUp } from "./words.js";

/**
 * @param {import("../protocol").Challenge} challenge
 * @param {string} me  whose entry is marked
 */
export function board(challenge, me) {
  if (challenge.board.length === 0) return html`<p class="note" data-testid="contest-empty">${_("No attempt is finished yet.")}</p>`;
  const rest = challenge.entries - challenge.board.length;
  return html`<table class="contest-board" data-testid="contest-board">
      <caption>${_("Held-out examples read rightly after exactly {steps} steps; of equals, fewer parameters come first.", { steps: integer(challenge.steps) })}</caption>
      <thead><tr><td></td><th scope="col">${_("name")}</th><th scope="col" class="num">${_("accuracy")}</th><th scope="col" class="num">${_("parameters")}</th><th scope="col">${_("set-up")}</th><th scope="col" class="num">${_("attempts")}</th></tr></thead>
      <tbody>${challenge.board.map((entry, i) => html`<tr class=${entry.person.id === me ? "mine" : ""} data-testid="entry">
        <td class="num">${i + 1}</td><th scope="row">${entry.person.name}</th>
        <td class="num"><b title=${_("{correct} of {count}", { correct: integer(entry.correct), count: integer(entry.count) })}>${percent(entry.correct / entry.count, 2)}</b></td>
        <td class="num">${integer(entry.parameters)}</td><td class="contest-setup">${setUp(entry)}</td><td class="num">${integer(entry.attempts)}</td></tr>`)}</tbody>
    </table>
    ${rest > 0 ? html`<p class="note">${ngettext("and {count} more", "and {count} more", rest, { count: integer(rest) })}</p>` : nothing}`;
}
