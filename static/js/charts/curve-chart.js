/**
 * What the charts of the run share: a uPlot chart in the theme's colours, its legend, and a cursor that all of them follow.
 * On a phone it is a sparkline.
 */
import { html } from "lit";
import uPlot from "uplot";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { valueUpTo } from "./curves.js";

/**
 * @typedef {object} Curve
 * @property {string} kind  its class in the legend
 * @property {string} name
 * @property {string} color  a token
 * @property {number} width
 * @property {(value: number | null) => string} format
 */

const NARROW = matchMedia("(max-width: 719px)");
const HEIGHT = 112;
const SPARKLINE_HEIGHT = 44;

export class CurveChart extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["training", "heldOut", "theme", "run", "manifest"];

  /** @override */
  static rate = 10;

  /** @type {uPlot | null} */
  #plot = null;
  #built = "";
  /** Where the cursor is, in the data. @type {number | null} */
  #cursor = null;
  /** @type {uPlot.AlignedData} */
  #data = [[]];
  #resize = new ResizeObserver(() => this.#fit());
  #rebuild = () => this.requestUpdate();

  /** @returns {Curve[]} */
  get curves() {
    return [];
  }

  /** @returns {uPlot.AlignedData} the columns for a chart so many pixels wide */
  columns(/** @type {number} */ _pixels) {
    return [[]];
  }

  /** @returns {{ distribution: 1 | 3, range: (low: number, high: number) => [number, number], splits: (low: number, high: number) => number[], format: (value: number) => string }} */
  get vertical() {
    throw new Error("a chart says what its vertical axis is");
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    NARROW.addEventListener("change", this.#rebuild);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    NARROW.removeEventListener("change", this.#rebuild);
    this.#end();
  }

  #end() {
    this.#resize.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
    this.#built = "";
  }

  /**
   * @param {string} title
   * @param {unknown} tools
   */
  chart(title, tools) {
    const id = `${this.localName}-title`;
    return html`<section class="chart" aria-labelledby=${id}>
      <h2 id=${id}>${title} ${tools}</h2>
      <div class="plot" aria-hidden="true"></div>
      <p class="legend">${this.curves.map((curve, position) => this.#key(curve, position))}${this.#cursorStep()}</p>
    </section>`;
  }

  /**
   * @param {Curve} curve
   * @param {number} position
   */
  #key(curve, position) {
    const column = this.#data[position + 1] ?? [];
    const value = valueUpTo(column, this.#cursor ?? column.length - 1);
    return html`<span class="key ${curve.kind}"><i aria-hidden="true"></i>${curve.name} <b>${curve.format(value)}</b></span>`;
  }

  #cursorStep() {
    const step = this.#cursor === null ? undefined : this.#data[0][this.#cursor];
    return step === undefined ? "" : html`<span class="key at">${_("at step {step}", { step: integer(step) })}</span>`;
  }

  /** @override */
  updated() {
    const host = /** @type {HTMLElement | null} */ (this.querySelector(".plot"));
    if (!host) return this.#end(); // a chart may have nothing to draw for some runs
    if (host.clientWidth === 0) return;
    if (this.#plot && this.#plot.root.parentElement !== host) this.#end();
    const wanted = `${store.state.theme} ${NARROW.matches} ${this.vertical.distribution}`;
    if (!this.#plot || this.#built !== wanted) {
      this.#built = wanted;
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(host), this.#data, host);
      this.#resize.observe(host);
    }
    const { training, heldOut } = store.state;
    if (this.#drawn.training === training && this.#drawn.heldOut === heldOut && this.#drawn.plot === this.#plot) return;
    this.#drawn = { training, heldOut, plot: this.#plot };
    this.#data = this.columns(Math.max(60, host.clientWidth - 40));
    this.#plot.setData(this.#data);
    this.requestUpdate(); // the legend says what was drawn
  }

  /** @type {{ training: unknown, heldOut: unknown, plot: uPlot | null }} */
  #drawn = { training: null, heldOut: null, plot: null };

  #fit() {
    const host = /** @type {HTMLElement | null} */ (this.querySelector(".plot"));
    if (host?.clientWidth && this.#plot) this.#plot.setSize({ width: host.clientWidth, height: height() });
  }

  /** @param {HTMLElement} host @returns {uPlot.Options} */
  #options(host) {
    const style = getComputedStyle(this);
    const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const font = `${Math.round(11 * scale())}px ${style.fontFamily}`;
    const { distribution, range, splits, format } = this.vertical;
    const sparkline = NARROW.matches;
    const axis = { show: !sparkline, stroke: token("--muted"), font, ticks: { show: false }, border: { show: false } };
    const grid = { stroke: token("--line"), width: 1 };
    return {
      width: host.clientWidth,
      height: height(),
      padding: sparkline ? [4, 2, 4, 2] : [8, 20, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: "measures", setSeries: false },
        drag: { x: false, y: false },
        y: false,
        points: { size: 7, width: 1.5, fill: token("--background") },
      },
      scales: {
        x: { time: false, range: (_plot, low, high) => [0, Math.max(low ?? 0, high ?? 0, 1)] },
        y: { distr: distribution, log: 10, range: (_plot, low, high) => range(low ?? 0, high ?? 0) },
      },
      axes: [
        {
          ...axis,
          size: 20 * scale(),
          gap: 4,
          grid: { show: false },
          splits: (_plot, _axis, low, high) => [low, high],
          values: (_plot, values) => values.map((value) => integer(value)),
        },
        {
          ...axis,
          size: 38 * scale(),
          gap: 6,
          grid,
          splits: (_plot, _axis, low, high) => splits(low, high),
          filter: (_plot, values) => values,
          values: (_plot, values) => values.map((value) => (value === null ? "" : format(value))),
        },
      ],
      series: [
        {},
        ...this.curves.map((curve) => ({
          stroke: token(curve.color),
          width: curve.width,
          spanGaps: true,
          points: {
            show: (/** @type {uPlot} */ plot, /** @type {number} */ series) => isAlone(plot.data[series] ?? []),
            size: 5,
          },
        })),
      ],
      hooks: {
        setCursor: [
          (plot) => {
            const next = plot.cursor.idx ?? null;
            if (next === this.#cursor) return;
            this.#cursor = next;
            this.requestUpdate();
          },
        ],
      },
    };
  }
}

/** One point is no line, but it should be seen. @param {ArrayLike<number | null | undefined>} column */
function isAlone(column) {
  return Array.from(column).filter((value) => value !== null && value !== undefined).length === 1;
}

function scale() {
  return Number(getComputedStyle(document.documentElement).getPropertyValue("--scale")) || 1;
}

function height() {
  return Math.round((NARROW.matches ? SPARKLINE_HEIGHT : HEIGHT) * scale());
}
