/** The accuracy: on what it trains on, smoothed, and on the held-out examples, with their count; a regression has none. */
import { html } from "lit";
import { align, thin } from "../charts/curves.js";
import { CurveChart } from "../charts/curve-chart.js";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";
import { store } from "../store.js";

class AccuracyChart extends CurveChart {
  /** @override */
  render() {
    if (store.state.manifest?.task !== "regression") return this.chart(_("Accuracy"), "");
    return html`<section class="chart" data-testid="no-accuracy">
      <h2>${_("Accuracy")}</h2>
      <p class="note">${_("A regression answers with numbers: none is simply right or wrong. The held-out loss says how far off they are.")}</p>
    </section>`;
  }

  /** @override */
  get curves() {
    const tested = store.state.heldOut.at(-1);
    const counted = (/** @type {number | null} */ value) => {
      if (value === null || !tested) return percent(value);
      const counts = { correct: integer(value * tested.count), count: integer(tested.count) };
      return `${percent(value)} · ${_("{correct} of {count}", counts)}`;
    };
    return [
      { kind: "smoothed", name: _("training"), color: "--accent", width: 1, format: (/** @type {number | null} */ value) => percent(value) },
      { kind: "held-out", name: _("held-out"), color: "--right", width: 1.75, format: counted },
    ];
  }

  /** @override @param {number} pixels */
  columns(pixels) {
    const { training, heldOut } = store.state;
    const { steps, columns } = align(
      thin(training, pixels, (point) => point.accuracy),
      [(point) => point.accuracy],
      thin(heldOut, pixels, (point) => point.accuracy),
      [(point) => point.accuracy],
    );
    return /** @type {import("uplot").AlignedData} */ ([steps, ...columns]);
  }

  /** @override @returns {CurveChart["vertical"]} */
  get vertical() {
    return {
      distribution: 1,
      range: () => [0, 1],
      splits: () => [0, 0.5, 1],
      format: (value) => percent(value, 0).replace(/\s/g, ""),
    };
  }
}

customElements.define("accuracy-chart", AccuracyChart);
