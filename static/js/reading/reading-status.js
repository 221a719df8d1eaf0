/** At the top: whether the page is linked, with which weights it reads, and how long an answer takes. */
import { html } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

class ReadingStatus extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["connection", "reading"];
  static rate = 4; // numbers that change faster can't be read

  /** @override */
  render() {
    const { connection, reading } = store.state;
    return html`<p class="connection" data-testid="connection" data-phase=${connection.phase}>
      <span class="dot" aria-hidden="true"></span>
      <span>${words(connection.phase, reading)}</span>
      ${connection.phase === "live" && reading ? html`<span class="detail" data-testid="round-trip">${_("{time} ms", { time: integer(reading.roundTrip) })}</span>` : ""}
    </p>`;
  }
}

/** @param {import("../store.js").Connection["phase"]} phase @param {import("./asking.js").Reading | null} reading */
function words(phase, reading) {
  switch (phase) {
    case "live":
      return reading ? _("reading with the weights of step {step}", { step: integer(reading.answer.step) }) : _("ready to read");
    case "lost":
      return _("trying again…");
    case "closed":
      return _("closed");
    default:
      return _("connecting…");
  }
}

customElements.define("reading-status", ReadingStatus);
