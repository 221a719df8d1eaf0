/** Whether what one sees is live, how smooth, and how old. */
import { html } from "lit";
import { integer } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

class ConnectionStatus extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["connection", "run"];

  /** @override */
  render() {
    const { phase, viewers } = store.state.connection;
    return html`<p class="connection" data-testid="connection" data-phase=${phase}>
      <span class="dot" aria-hidden="true"></span><span>${phaseName(phase)}</span>
      ${phase === "live" ? details() : ""}
      ${viewers && viewers > 1
        ? html`<span class="detail">${ngettext("{count} viewer", "{count} viewers", viewers, { count: integer(viewers) })}</span>`
        : ""}
    </p>`;
  }
}

/** @param {import("../store.js").Connection["phase"]} phase */
function phaseName(phase) {
  switch (phase) {
    case "live":
      return _("live");
    case "lost":
      return _("trying again…");
    case "closed":
      return _("closed");
    default:
      return _("connecting…");
  }
}

function details() {
  const { connection, run } = store.state;
  const { framesPerSecond, age } = connection;
  if (run?.status !== "running" || age === null) return "";
  return html`<span class="detail">${_("{rate} frames/s", { rate: integer(framesPerSecond) })}</span
    ><span class="detail">${_("{age} ms old", { age: integer(age) })}</span>`;
}

customElements.define("connection-status", ConnectionStatus);
