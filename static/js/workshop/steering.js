/** Who steers the run one sees: outside of a workshop everyone; in it the host, or whose own run it is. */
import { _ } from "../i18n.js";
import { store } from "../store.js";

/** Whether one may play, pause, configure and open steps here. */
export function steers() {
  const { seat } = store.state;
  if (!seat) return true;
  return seat.place === "own" || (seat.place === "host" && seat.person.role === "host");
}

/** Whose run it is that one sees; empty: one's own, or nobody's in particular. */
export function steeredBy() {
  const { workshop, seat } = store.state;
  if (!workshop || !seat || steers()) return "";
  return (seat.place === "spotlight" ? workshop.spotlight?.name : workshop.host.name) ?? "";
}

/** Why one may not steer, for what is switched off because of it; empty: one may. */
export function whyNot() {
  return steers() ? "" : _("{name} steers this run.", { name: steeredBy() });
}
