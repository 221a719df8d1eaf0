/**
 * A confusion matrix: rows what it is, columns what was read; the diagonal is right, all else a mistake. A count is told
 * by its number, and by how full its cell is: of its row, so that a rare digit's mistakes are seen too.
 */
import { html } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";

const LEVELS = 4; // of fullness

/** @typedef {readonly [said: number, read: number]} Cell */

/**
 * @param {readonly (readonly number[])[]} counts
 * @param {object} options
 * @param {string} options.caption
 * @param {(cell: Cell) => void} [options.choose]  what a press on a count does; without it there is nothing to press
 * @param {Cell | null} [options.chosen]
 */
export function confusionTable(counts, { caption, choose, chosen = null }) {
  return html`<table class="confusion" data-testid="confusion">
    <caption>${caption}</caption>
    <thead><tr><td></td>${counts.map((_row, read) => html`<th scope="col">${read}</th>`)}</tr></thead>
    <tbody>${counts.map((row, said) => {
      const all = row.reduce((sum, count) => sum + count, 0);
      return html`<tr><th scope="row">${said}</th>${row.map((count, read) => {
        const kind = all === 0 ? "none" : said === read ? "right" : "wrong";
        const level = count === 0 ? "0" : String(Math.ceil((LEVELS * count) / all));
        return html`<td class=${kind} data-level=${level} data-testid="confused-${said}-${read}">${content(count, [said, read])}</td>`;
      })}</tr>`;
    })}</tbody>
  </table>`;

  /** @param {number} count @param {Cell} cell */
  function content(count, cell) {
    if (count === 0) return "";
    if (!choose) return integer(count);
    const [said, read] = cell;
    const on = chosen?.[0] === said && chosen[1] === read;
    const name = _("{said} read as {read}: {count}", { said, read, count: integer(count) });
    return html`<button class=${on ? "on" : ""} title=${name} aria-label=${name} aria-pressed=${on ? "true" : "false"} @click=${() => choose(cell)}>${integer(count)}</button>`;
  }
}
