/** The loss: of each minibatch, smoothed, and on the held-out examples. */
import { html } from "lit";
import { align, roundUp, thin } from "../charts/curves.js";
import { CurveChart } from "../charts/curve-chart.js";
import { fixed, number, scientific } from "../format.js";
import { _ } from "../i18n.js";
import { store } from "../store.js";

class LossChart extends CurveChart {
  #logarithmic = false;

  /** @override */
  render() {
    const button = html`<button class="toggle" data-testid="loss-scale" aria-pressed=${this.#logarithmic}
      title=${_("Logarithmic scale")} @click=${this.#toggle}>${_("log")}</button>`;
    return this.chart(_("Loss"), button);
  }

  #toggle() {
    this.#logarithmic = !this.#logarithmic;
    this.requestUpdate();
  }

  /** @override */
  get curves() {
    return [
      { kind: "minibatch", name: _("minibatch"), color: "--faint", width: 0.75, format: number },
      { kind: "smoothed", name: _("smoothed"), color: "--accent", width: 1.75, format: number },
      { kind: "held-out", name: _("held-out"), color: "--right", width: 1.75, format: number },
    ];
  }

  /** @override @param {number} pixels */
  columns(pixels) {
    const { training, heldOut } = store.state;
    const positive = (/** @type {number | null} */ value) => (value !== null && value > 0 ? value : null);
    const { steps, columns } = align(
      thin(training, pixels, (point) => point.loss),
      [(point) => positive(point.loss), (point) => positive(point.smoothed_loss)],
      thin(heldOut, pixels, (point) => point.loss),
      [(point) => positive(point.loss)],
    );
    return /** @type {import("uplot").AlignedData} */ ([steps, ...columns]);
  }

  /** @override @returns {CurveChart["vertical"]} */
  get vertical() {
    if (!this.#logarithmic) {
      return {
        distribution: 1,
        range: (_low, high) => [0, roundUp(high)],
        splits: (low, high) => [low, (low + high) / 2, high],
        format: (value) => (value >= 1000 ? scientific(value) : fixed(value, value >= 100 ? 0 : value >= 0.1 || value === 0 ? 1 : 2)),
      };
    }
    return {
      distribution: 3,
      range: (low, high) => [10 ** Math.floor(Math.log10(low || 0.01)), 10 ** Math.ceil(Math.log10(high || 10))],
      splits: (low, high) => {
        const [first, last] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
        return Array.from({ length: last - first + 1 }, (_decade, position) => 10 ** (first + position));
      },
      format: (value) => (value >= 1000 || value < 0.001 ? scientific(value) : String(Number(value.toPrecision(1)))),
    };
  }
}

customElements.define("loss-chart", LossChart);
