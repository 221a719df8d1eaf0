/** What stands where an answer will be: that it is being computed, or why there is none. */
import { html } from "lit";
import { _ } from "../i18n.js";

/**
 * @template Answer
 * @param {import("./asking.js").Reading<Answer>} reading
 * @param {(answer: Answer) => unknown} draw
 * @param {string} [waiting]
 */
export function shown({ answer, refusal }, draw, waiting = _("Computing…")) {
  if (answer) return draw(answer);
  if (refusal) return html`<p class="refused" role="status" data-testid="refused">${refusal.message}</p>`;
  return html`<p class="computing" role="status"><i></i>${waiting}</p>`;
}

/**
 * One number with what it is, in a row of a few.
 * @param {string} name
 * @param {unknown} number
 * @param {string} [note]
 */
export function stat(name, number, note = "") {
  return html`<div><dt>${name}</dt><dd>${number}</dd>${note ? html`<dd class="note">${note}</dd>` : ""}</div>`;
}
