/** A confusion matrix as a table: rows what it is, columns what was read; the diagonal is right, all else a mistake. */
import { html } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";

const SHADES = 5;

/**
 * @param {number[][]} counts
 * @param {{ caption: unknown, chosen?: readonly number[] | null, choose?: (said: number, read: number) => void }} options
 */
export function confusionTable(counts, { caption, chosen = null, choose }) {
  const most = Math.max(1, ...counts.flat());
  return html`<table class="confusion" data-testid="confusion">
    <caption>${caption}</caption>
    <thead><tr><td></td>${counts.map((_row, read) => html`<th scope="col">${read}</th>`)}</tr></thead>
    <tbody>${counts.map((row, said) => html`<tr><th scope="row">${said}</th>${row.map((count, read) => cell(count, said, read))}</tr>`)}</tbody>
  </table>`;

  /** @param {number} count @param {number} said @param {number} read */
  function cell(count, said, read) {
    const kind = count === 0 ? "none" : said === read ? "right" : "wrong";
    const shade = Math.ceil((SHADES * count) / most);
    const on = chosen?.[0] === said && chosen[1] === read;
    const name = _("{said} read as {read}: {count}", { said, read, count: integer(count) });
    const shown = count === 0 ? "" : integer(count);
    return html`<td class="${kind} shade-${shade}" title=${name}>${count === 0 || !choose
      ? shown
      : html`<button class=${on ? "on" : ""} aria-label=${name} aria-pressed=${on ? "true" : "false"} data-testid="cell-${said}-${read}" @click=${() => choose(said, read)}>${shown}</button>`}</td>`;
  }
}
