/** The confusion of one and the network: what was asked for, by what was read. A count is told by its number, and by how full its cell is. */
import { html } from "lit";
import { CLASSES } from "../collection/drawings.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";

const LEVELS = 4; // of fullness

/** @param {import("./tally.js").Tally | undefined} tally */
export function confusion(tally) {
  const digits = Array.from({ length: CLASSES }, (_digit, i) => i);
  return html`<table class="misreadings" data-testid="confusion">
    <caption>${_("Rows: what was asked for. Columns: what was read.")}</caption>
    <thead><tr><td></td>${digits.map((digit) => html`<th scope="col">${digit}</th>`)}</tr></thead>
    <tbody>${digits.map((asked) => {
      const row = tally?.[asked] ?? [];
      const all = row.reduce((sum, count) => sum + count, 0);
      return html`<tr><th scope="row">${asked}</th>${digits.map((read) => {
        const count = row[read] ?? 0;
        const level = count === 0 ? "0" : String(Math.ceil((LEVELS * count) / all));
        return html`<td class="${all === 0 ? "not-asked" : asked === read ? "right" : "wrong"}" data-level=${level} data-testid="confused-${asked}-${read}">${count ? integer(count) : ""}</td>`;
      })}</tr>`;
    })}</tbody>
  </table>`;
}
