/** One quiet line for the host: how the server does while the class watches. Every number is the server's own. */
import { html } from "lit";
import { fixed, integer, percent } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

const LATE = 500; // milliseconds: a class would notice
const SHORT_OF_MEMORY = 0.8; // the server begins no new run then

class StatusLine extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["serverStatus", "connection"];

  /** @override */
  render() {
    const { connection, serverStatus: status } = store.state;
    if (connection.phase !== "live" || !status) return html`<connection-status></connection-status>`;
    const late = status.frame_age !== null && status.frame_age > LATE;
    const short = status.memory_share !== null && status.memory_share >= SHORT_OF_MEMORY;
    return html`<div data-testid="connection" data-phase="live"><p class="connection server-status" data-testid="server-status" data-phase="live" title=${meaning(status)}>
      <span class="dot" aria-hidden="true"></span
      ><span data-testid="server-viewers">${viewers(status)}</span
      ><span class="detail">${_("{rate} frames/s each", { rate: fixed(status.frames_per_second, 1) })}</span
      >${status.frame_age === null
        ? ""
        : html`<span class="detail ${late ? "much" : ""}">${_("{age} ms old", { age: integer(status.frame_age) })}</span>`}
      <span class="detail">${_("{count} dropped", { count: integer(status.dropped) })}</span
      ><span class="detail wide">${_("training {share}", { share: percent(status.training_share, 0) })}</span
      >${status.memory_share === null
        ? ""
        : html`<span class="detail wide ${short ? "much" : ""}">${_("memory {share}", { share: percent(status.memory_share, 0) })}</span>`}
    </p></div>`;
  }
}

/** @param {import("../protocol").ServerStatus} status */
function viewers(status) {
  return ngettext("{count} viewer", "{count} viewers", status.viewers, { count: integer(status.viewers) });
}

/** @param {import("../protocol").ServerStatus} status */
function meaning(status) {
  const values = {
    age: status.frame_age === null ? "–" : integer(status.frame_age),
    dropped: integer(status.dropped),
    training: percent(status.training_share, 0),
    memory: percent(status.memory_share, 0),
  };
  return _(
    "The server in the last two seconds: 95 of 100 frames were at most {age} ms old when they were sent; {dropped} were replaced by newer ones; runs used {training} of the training time; {memory} of the memory is in use",
    values,
  );
}

customElements.define("status-line", StatusLine);
