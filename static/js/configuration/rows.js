/** What all parts of the set-up are made of: a part that opens, fields in rows, and what is wrong beside them. */
import { html, live, nothing } from "lit";
import { displayName } from "./names.js";
import { concerns, readNumber } from "./draft.js";

/**
 * @typedef {import("../protocol").RunSpec} RunSpec
 * @typedef {import("../protocol").OptimizerFields} OptimizerFields
 * @typedef {import("../protocol").Refused} Refused
 *
 * @typedef {object} Editing
 * @property {RunSpec} draft  the set-up as it would be begun
 * @property {import("../protocol").Limits} limits
 * @property {import("./fitting.js").Problem} problem  what its data set is
 * @property {import("./shapes.js").Fit} fit
 * @property {Refused | null} refusal
 * @property {boolean} off  whether nothing can be changed now
 * @property {(change: (draft: RunSpec) => void | import("./fitting.js").AlsoChanged[]) => void} edit
 */

/**
 * @param {object} part
 * @param {import("./draft.js").Part} part.name
 * @param {string} part.title
 * @param {unknown} part.glyph
 * @param {string} part.choice  what is chosen, in a word or two
 * @param {string} part.detail
 * @param {boolean} part.open
 * @param {boolean} part.changed  whether it differs from what runs
 * @param {() => void} part.toggle
 * @param {() => unknown} content
 * @param {unknown} [always]  shown when it is closed too
 */
export function openingPart({ name, title, glyph, choice, detail, open, changed, toggle }, content, always = nothing) {
  return html`<section class="part" role="group" data-testid="part-${name}" ?data-changed=${changed} aria-labelledby="${name}-title">
    <h2 id="${name}-title">${title}</h2>
    <button class="choice" data-testid="open-${name}" aria-expanded=${open ? "true" : "false"} aria-controls="${name}-details" @click=${toggle}>
      ${glyph}
      <span class="chosen"><b>${choice}</b><small>${detail}</small></span>
      <svg class="chevron" aria-hidden="true"><use href="#symbol-down"></use></svg>
    </button>
    ${always}
    <div id="${name}-details" class="details" ?hidden=${!open}>${open ? content() : nothing}</div>
  </section>`;
}

/**
 * @param {object} row
 * @param {string} row.label
 * @param {string} row.testid
 * @param {readonly string[]} row.names
 * @param {string} row.chosen
 * @param {boolean} row.off
 * @param {(name: string) => void} row.choose
 * @param {string} [row.field]  as the server calls it
 * @param {Refused | null} [row.refusal]
 * @param {string} [row.title]
 * @param {boolean} [row.alone]  without its label, which stands above it already
 */
export function selectRow({ label, testid, names, chosen, off, choose, field = "", refusal = null, title = "", alone = false }) {
  return html`<label class=${alone ? "field alone" : "field"} title=${title || nothing}>
      <span class=${alone ? "visually-hidden" : nothing}>${label}</span>
      <select class="value" data-testid=${testid} ?disabled=${off} @change=${(/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${options(names, chosen)}
      </select>
    </label>
    ${refusalBeside(refusal, field)}`;
}

/**
 * @param {object} row
 * @param {string} row.label
 * @param {string} row.testid
 * @param {number} row.value
 * @param {number} row.least
 * @param {number} row.most
 * @param {boolean} [row.whole]
 * @param {boolean} row.off
 * @param {(value: number) => void} row.change
 * @param {string} [row.unit]
 * @param {string} [row.field]  as the server calls it
 * @param {Refused | null} [row.refusal]
 * @param {string} [row.title]
 */
export function numberRow({ label, testid, value, least, most, whole = true, off, change, unit = "", field = "", refusal = null, title = "" }) {
  const wrong = concerns(refusal, field);
  return html`<label class="field" title=${title || nothing}>
      <span>${label}${unit ? html` <small>${unit}</small>` : nothing}</span>
      <input class="value" type=${whole ? "number" : "text"} inputmode=${whole ? "numeric" : "decimal"} data-testid=${testid}
        min=${whole ? least : nothing} max=${whole ? most : nothing} step=${whole ? "1" : nothing} autocomplete="off"
        .value=${shortNumber(value)} ?disabled=${off} aria-invalid=${wrong ? "true" : "false"}
        @change=${(/** @type {Event} */ event) => {
          const input = /** @type {HTMLInputElement} */ (event.target);
          const read = readNumber(input.value, { least, most, whole }) ?? value;
          input.value = shortNumber(read);
          change(read);
        }} />
    </label>
    ${refusalBeside(refusal, field)}`;
}

/**
 * @param {readonly string[]} names
 * @param {string} chosen
 */
export function options(names, chosen) {
  return names.map((name) => html`<option value=${name} .selected=${live(name === chosen)}>${displayName(name)}</option>`);
}

/** @param {Refused | null} refusal @param {string} field */
export function refusalBeside(refusal, field) {
  return refusal && field && concerns(refusal, field) ? refusalText(refusal) : nothing;
}

/** What the server said is wrong, beside the field. @param {Refused} refusal */
export function refusalText(refusal) {
  return html`<p class="refusal" role="alert" data-testid="refusal">${refusal.message}</p>`;
}

/** As one would type it: 0.1, 0.0006, 5e-5. @param {number} value */
export function shortNumber(value) {
  return Math.abs(value) < 1e-4 && value !== 0 ? value.toExponential().replace("e-0", "e-") : String(Number(value.toPrecision(6)));
}
