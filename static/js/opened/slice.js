/** The loss along one direction through all parameters, measured, with the tangent that the gradient promised. */
import { html, nothing, svg } from "lit";
import { fixed, integer } from "../format.js";
import { _ } from "../i18n.js";
import { figure, significant } from "./numbers.js";
import { shown, stat } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */
/** @typedef {import("./answers").LineSlice} LineSlice */

const EDGE = { left: 56, right: 16, top: 18, bottom: 40 };

/** @param {Walk} walk */
export function slice(walk) {
  const { direction } = walk;
  const reading = walk.asking.read({ about: "slice", direction, seed: 0 });
  return html`<p class="choices" role="group" aria-label=${_("Direction")}>
      ${directions().map(
        ([name, text]) => html`<button aria-pressed=${name === direction ? "true" : "false"} @click=${() => walk.set({ direction: name })}>${text}</button>`,
      )}
    </p>
    ${shown(reading, (answer) => drawn(walk, answer), _("Measuring the loss at some forty places…"))}`;
}

/** @returns {["update" | "gradient" | "random", string][]} */
function directions() {
  return [
    ["update", _("along the update")],
    ["gradient", _("along the gradient")],
    ["random", _("a random direction")],
  ];
}

/** @param {Walk} walk @param {LineSlice} answer */
function drawn(walk, answer) {
  const promise = answer.direction.name === "update" ? walk.asking.read({ about: "promise" }).answer : null;
  return html`<p class="verdict" data-testid="slice-of">${_("A slice: 1 of {count} directions.", { count: integer(answer.of_directions) })}</p>
    ${curve(answer, promise?.promised ?? null)}
    <dl class="stats">
      ${stat(_("before the step"), figure(answer.loss_before), _("at 0"))}
      ${stat(_("after the step"), figure(answer.after.loss), answer.after.distance > 0 ? _("not on this line") : _("at 1"))}
    </dl>
    <p class="so">${_("Every point is measured on this minibatch. It is a slice: what looks like a bowl here can be a saddle in the other directions, and no ball rolls in it.")}</p>`;
}

/** @param {LineSlice} answer @param {number | null} slope  of the loss at 0, for a whole step */
function curve({ shares, losses, loss_before: before, after }, slope) {
  const width = innerWidth < 720 ? 330 : 860;
  const height = innerWidth < 720 ? 240 : 320;
  const finite = losses.filter((loss) => loss !== null);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  const [bottom, top] = [low - air, high + air];
  const [first = 0, last = 1] = [shares[0], shares.at(-1)];
  const x = (/** @type {number} */ share) => EDGE.left + ((share - first) / (last - first)) * (width - EDGE.left - EDGE.right);
  const y = (/** @type {number} */ loss) => EDGE.top + ((top - loss) / (top - bottom)) * (height - EDGE.top - EDGE.bottom);
  let path = "";
  losses.forEach((loss, at) => (path += loss === null ? " M" : `${path === "" || path.endsWith("M") ? (path.endsWith("M") ? "" : "M") : "L"}${x(shares[at] ?? 0).toFixed(1)} ${y(loss).toFixed(1)} `));
  const ends = slope === null ? [] : tangent(before, slope, [first, last], [bottom, top]);
  const marks = [first, 0, 1, last].filter((mark, at, all) => all.indexOf(mark) === at);
  return html`<svg class="slice" viewBox="0 0 ${width} ${height}" role="img" aria-label=${_("The loss along the direction")}>
    ${[low, (low + high) / 2, high].map(
      (loss) => svg`<line class="grid" x1=${EDGE.left} x2=${width - EDGE.right} y1=${y(loss)} y2=${y(loss)}></line>
        <text class="axis" x=${EDGE.left - 8} y=${y(loss) + 4} text-anchor="end">${significant(loss, 3)}</text>`,
    )}
    ${marks.map((mark) => svg`<text class="axis" x=${x(mark)} y=${height - 18} text-anchor="middle">${fixed(mark, 0)}</text>`)}
    <text class="axis" x=${(EDGE.left + width - EDGE.right) / 2} y=${height - 2} text-anchor="middle">${_("steps along the direction")}</text>
    ${ends.length ? svg`<line class="tangent" x1=${x(ends[0] ?? 0)} x2=${x(ends[1] ?? 0)} y1=${y(before + (slope ?? 0) * (ends[0] ?? 0))} y2=${y(before + (slope ?? 0) * (ends[1] ?? 0))}></line>` : nothing}
    <path class="curve" d=${path.replace(/ M$/, "")}></path>
    ${point(x(0), y(before), _("before"), "before")}
    ${after.distance > 0 ? nothing : point(x(after.coordinates[0] ?? 1), y(after.loss), _("after"), "after")}
  </svg>`;
}

/** @param {number} x @param {number} y @param {string} text @param {string} name */
function point(x, y, text, name) {
  return svg`<circle class="point ${name}" cx=${x} cy=${y} r="5"></circle><text class="label" x=${x + 9} y=${y - 9}>${text}</text>`;
}

/**
 * Where the tangent enters and leaves the picture.
 * @param {number} before
 * @param {number} slope
 * @param {[number, number]} across
 * @param {[number, number]} along
 */
function tangent(before, slope, [first, last], [bottom, top]) {
  if (slope === 0) return [first, last];
  const crossings = [(bottom - before) / slope, (top - before) / slope].sort((one, other) => one - other);
  return [Math.max(first, crossings[0] ?? first), Math.min(last, crossings[1] ?? last)];
}
