/** Whether a workshop has ended for this page, and why: closed, sent away, without a seat, no host (any more), or one page too many. */
import { store } from "../store.js";

const REASONS = ["sent_away_closed", "sent_away_removed", "no_seat", "full", "many_pages"];

/** @returns {string} the reason; empty: one is in */
export function isOut() {
  const { connection, notice, seat } = store.state;
  if (seat?.person.role === "member" && document.body.classList.contains("host") && connection.phase !== "closed") return "not_host";
  const inWorkshop = Boolean(document.body.dataset.workshop);
  return inWorkshop && connection.phase === "closed" && notice && REASONS.includes(notice.code) ? notice.code : "";
}
