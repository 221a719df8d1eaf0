/** One sentence when something is not as usual; what was drawn is never lost by it. */
import { html, nothing } from "lit";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { isOut } from "../workshop/out.js";

class DrawNotice extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["connection", "notice", "error"];

  /** @override */
  render() {
    const { connection, error } = store.state;
    const said = connectionWords() || noticeWords();
    const refused = error && error.code !== "not_connected" && connection.phase === "live" ? error.message : "";
    return html`<div data-testid="notice" role="status">
      ${said ? strip(said, connection.phase === "closed" ? reload() : dismiss(() => store.set({ notice: null }), connection.phase === "lost")) : nothing}
      ${refused ? strip(refused, dismiss(() => store.set({ error: null }), false)) : nothing}
    </div>`;
  }
}

/** @param {string} text @param {unknown} action */
function strip(text, action) {
  return html`<div class="notice warning"><p>${text}</p>${action}</div>`;
}

function reload() {
  return html`<button data-testid="reload" @click=${() => location.reload()}>${_("Reload")}</button>`;
}

/** @param {() => void} act @param {boolean} stays */
function dismiss(act, stays) {
  if (stays) return nothing;
  return html`<button class="quiet icon" aria-label=${_("Dismiss")} @click=${act}><svg aria-hidden="true"><use href="#symbol-close"></use></svg></button>`;
}

function connectionWords() {
  const { connection, notice } = store.state;
  if (connection.phase === "lost") return _("Connection lost, trying again… Draw on: nothing is lost, and it is read when the server is back.");
  if (connection.phase !== "closed" || isOut()) return "";
  if (notice?.code === "outdated") return _("The server is newer than this page. Your drawing stays when you reload.");
  if (notice?.code === "full") return _("This room is full. Try again in a while.");
  return _("The server closed the connection and does not want it back.");
}

function noticeWords() {
  switch (store.state.notice?.code) {
    case "copy_stays":
      return _("Your copy stays beside the run it was taught beside. It reads again when you are back there.");
    case "copy_gone":
      return _("The server no longer has your copy. The network it was made from reads again, untaught.");
    case "worker_restarted":
    case "worker_lost":
      return _("The process that reads had to be started again.");
    case "draining":
      return _("The server is about to restart. This page will come back by itself.");
    default:
      return "";
  }
}

customElements.define("draw-notice", DrawNotice);
