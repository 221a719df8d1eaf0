/** What a class answered: a bar for each answer, the right one and one's own marked by more than colour. */
import { html, nothing, svg } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { optionsOf } from "./words.js";

/** @param {import("./words.js").Outcome & { histogram: readonly number[] | null, mine?: number | null }} asked */
export function voteBars(asked) {
  const { histogram, decision, mine = null } = asked;
  if (!histogram) return nothing;
  const most = Math.max(1, ...histogram);
  return html`<ol class="vote-bars" data-testid="vote-bars">
    ${optionsOf(asked.question).map((name, option) => {
      const count = histogram[option] ?? 0;
      const right = decision?.option === option || (decision?.counts && decision.option !== null && decision.counts[option] === decision.counts[decision.option]);
      return html`<li class=${right ? "right" : ""}>
        <span class="vote-name">${right ? html`<svg class="vote-mark" aria-label=${_("right")}><use href="#symbol-right"></use></svg>` : nothing}${name}${option === mine ? html` <i class="stamp">${_("you")}</i>` : nothing}</span>
        <svg class="vote-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${svg`<rect width=${((100 * count) / most).toFixed(1)} height="10"></rect>`}</svg>
        <b data-testid="votes-${option}">${integer(count)}</b>
      </li>`;
    })}
  </ol>`;
}
