/**
 * One unit, exactly: its numbers, the formula they come from, its incoming weights, their gradient and last update.
 *
 * A small sheet beside the unit while one hovers; pinned, it stays and can be read and closed; on phones it is a sheet
 * at the bottom.
 */
import { html, nothing } from "lit";
import { fixed, integer, number, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { LENSES } from "../render/lenses.js";
import { hasWeightTiles, sourceOf } from "../layout/kinds.js";
import { featureName } from "../layout/points.js";
import { place } from "../scale.js";
import { store } from "../store.js";
import { held, release } from "./held.js";
import { formulas } from "./inspector-formulas.js";
import { least, mapDetails, most, paintImages } from "./inspector-maps.js";
import { inspect, strongest } from "./inspection.js";
import { quantityName, unitName } from "./layer-names.js";
import { unitReading } from "./unit-reading.js";

/** @typedef {import("./inspection.js").Exact} Exact */

const REFRESH = 280; // milliseconds between two inspections: a few a second
const MATRICES = /** @type {const} */ (["W", "dL_dW", "update"]);
const LIST = 8;
const AIR = 14; // between a unit and its sheet

class UnitInspector extends Panel {
  /** @type {readonly (keyof import("../store.js").State)[]} */
  static watches = ["selection", "lens", "theme"];
  static properties = { exact: { state: true } };

  #timer = 0;
  #asking = false;

  constructor() {
    super();
    /** @type {Exact | null} */
    this.exact = null;
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  /** Asks now, and again as long as a unit is held. */
  async #ask() {
    const unit = held();
    const { manifest, units, connection } = store.state;
    if (!unit || !manifest || this.#asking) return;
    clearTimeout(this.#timer);
    if (connection.phase === "live" && !document.hidden) {
      this.#asking = true;
      const exact = await inspect(unit, manifest, (units?.frame.step ?? 0) > 0);
      this.#asking = false;
      if (exact) this.exact = exact;
    }
    if (held()) this.#timer = setTimeout(() => void this.#ask(), REFRESH);
  }

  /** @override */
  updated() {
    const unit = held();
    if (!unit) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      return;
    }
    this.#place(unit);
    if (this.#current()) this.#paintImages();
    if (!this.#timer || !this.#current()) void this.#ask();
  }

  /** The exact values, if they are of the unit that is held. */
  #current() {
    const unit = held();
    return unit && this.exact?.layer === unit.layer && this.exact.unit === unit.unit ? this.exact : null;
  }

  /** Beside the unit, on the side with more room. @param {import("./held.js").Held} unit */
  #place({ anchor }) {
    const sheet = /** @type {HTMLElement | null} */ (this.querySelector(".inspector"));
    if (!sheet) return;
    const { offsetWidth: width, offsetHeight: height } = sheet;
    const right = anchor.left + anchor.width + AIR;
    const last = innerWidth - width - 8;
    const clear = anchor.left + anchor.height + AIR; // an output's bar may be covered, its circle not
    const left = right <= last ? right : clear <= last ? last : Math.max(8, anchor.left - AIR - width);
    const middle = anchor.top + anchor.height / 2 - height / 3;
    const top = Math.max(8, Math.min(innerHeight - height - 8, middle));
    sheet.style.setProperty("--left", `${Math.round(left)}px`);
    sheet.style.setProperty("--top", `${Math.round(top)}px`);
  }

  /** @override */
  render() {
    const unit = held();
    const { manifest, run, units } = store.state;
    if (!unit || !manifest) return nothing;
    const exact = this.#current();
    const layer = manifest.layers.find((one) => one.name === unit.layer);
    const step = exact?.step ?? units?.frame.step;
    return html`
      <aside
        class="inspector ${unit.pinned ? "pinned" : ""}"
        aria-label=${_("Inspector")}
        data-testid="inspector"
      >
        <header class="inspector-head">
          <h2>${unitName(unit, manifest)}</h2>
          ${unit.pinned
            ? html`<button type="button" class="inspector-close" aria-label=${_("Close")} @click=${release}>×</button>`
            : nothing}
        </header>
        ${exact
          ? layer
            ? this.#unit(exact, layer)
            : input(exact)
          : html`<p class="inspector-note">${unitReading(unit, store.state)}</p>`}
        <footer class="inspector-address" title=${_("The address of these numbers: run, step, tensor, index")}>
          ${run?.run ?? ""} · ${_("step {step}", { step: integer(step) })} ·
          ${layer ? `${unit.layer}.{z, a, W, …}[${unit.unit}]` : `x[${unit.unit}]`}
        </footer>
      </aside>
    `;
  }

  /** @param {Exact} exact @param {import("../protocol").LayerInfo} layer */
  #unit(exact, layer) {
    const { lens } = store.state;
    if (layer.shape.length === 3) return mapDetails(exact, layer, held()?.at);
    const isOutput = layer.activation === "softmax";
    return html`
      <dl class="inspector-values">
        ${value("z", exact, "weight")} ${isOutput ? probability(exact) : value("a", exact, "weight")}
        ${value("dL_dz", exact, "gradient")} ${exact.values.has("b") ? value("b", exact, "weight") : nothing}
      </dl>
      ${formulas(exact, layer, lens === "gradients" || lens === "activations")}
      ${layer.inputs === 0
        ? nothing
        : layer === store.state.manifest?.layers[0] && hasWeightTiles(store.state.manifest)
          ? this.#images(exact)
          : this.#list(exact, layer)}
    `;
  }

  /** The first layer's matrices are images. @param {Exact} exact */
  #images(exact) {
    const [rows, columns] = store.state.manifest?.image_shape ?? [1, 1];
    return html`
      <div class="inspector-images">
        ${MATRICES.map((matrix) => {
          const values = exact.values.get(matrix);
          return html`<figure>
            ${values
              ? html`<canvas data-matrix=${matrix} width=${columns ?? 1} height=${rows ?? 1}></canvas>`
              : html`<div class="not-yet"></div>`}
            <figcaption>
              <b>${quantityName(matrix)}</b>
              ${values
                ? html`<span>${_("{least} to {most}", { least: number(least(values)), most: number(most(values)) })}</span>`
                : html`<span>${_("not computed yet")}</span>`}
            </figcaption>
          </figure>`;
        })}
      </div>
    `;
  }

  /** The strongest incoming weights. @param {Exact} exact @param {import("../protocol").LayerInfo} layer */
  #list(exact, layer) {
    const matrix = LENSES[store.state.lens].matrix;
    const values = exact.values.get(matrix);
    if (!values) return html`<p class="inspector-note">${_("{quantity} is not computed yet.", { quantity: quantityName(matrix) })}</p>`;
    const { manifest } = store.state;
    const at = manifest?.layers.findIndex((one) => one.name === layer.name) ?? 0;
    const source = manifest && sourceOf(manifest, at);
    const before = manifest?.layers[source ?? -1]?.name ?? "x";
    const names = before === "x" ? (manifest?.features ?? []) : [];
    const chosen = strongest(values, LIST);
    const limit = Math.abs(chosen[0]?.value ?? 0);
    const kind = matrix === "dL_dW" ? "gradient" : "weight";
    return html`
      <p class="inspector-note">
        ${_("Strongest {count} of {all} incoming, {quantity}", {
          count: chosen.length,
          all: integer(values.length),
          quantity: quantityName(matrix),
        })}
      </p>
      <table class="inspector-list">
        <tbody>
          ${chosen.map(
            (one) => html`<tr>
              <th scope="row">${featureName(names[one.index] ?? `${before} ${one.index}`)}</th>
              <td class="bar">
                <meter class="${kind}-${one.value < 0 ? "negative" : "positive"}" min="0" max="1" value=${Math.abs(place(one.value, limit))}></meter>
              </td>
              <td class="${kind}-${one.value < 0 ? "negative" : "positive"}">
                ${one.value < 0 ? "▼" : "▲"} ${number(one.value)}
              </td>
            </tr>`,
          )}
        </tbody>
      </table>
    `;
  }

  /** Paints the images on one scale each, zero at the background's grey. */
  #paintImages() {
    const exact = this.#current();
    if (exact) paintImages(this, exact.values);
  }
}

/** @param {string} quantity @param {Exact} exact @param {"weight" | "gradient"} kind */
function value(quantity, exact, kind) {
  const one = exact.values.get(quantity)?.[0];
  const known = typeof one === "number";
  const sign = known && one !== 0 ? `${kind}-${one < 0 ? "negative" : "positive"}` : "";
  return html`<div>
    <dt>${quantityName(quantity)}</dt>
    <dd class=${sign} title=${known ? String(one) : ""}>${known ? exactly(one) : "–"}</dd>
  </div>`;
}

/** @param {Exact} exact */
function probability(exact) {
  return html`<div>
    <dt>p</dt>
    <dd>${percent(exact.values.get("p")?.[0], 2)}</dd>
  </div>`;
}

/** A pixel or a feature. @param {Exact} exact */
function input(exact) {
  return html`<dl class="inspector-values">
    <div>
      <dt>x</dt>
      <dd>${fixed(exact.values.get("x")?.[0], 3)}</dd>
    </div>
    <div>
      <dt>dL/dx</dt>
      <dd>${number(exact.values.get("dL_dx")?.[0])}</dd>
    </div>
  </dl>`;
}

/** Five digits that matter. @param {number} one */
function exactly(one) {
  const size = Math.abs(one);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return number(one);
  return fixed(one, size >= 10 ? 3 : 4);
}

customElements.define("unit-inspector", UnitInspector);
