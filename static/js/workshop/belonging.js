/** What keeps a page with its workshop: it looks where the host looks, and its browser knows who one is by now. */
import { store } from "../store.js";
import { followPresented } from "./presenting.js";
import { renameSeat } from "./seat.js";

/** Begins it. */
export function belong() {
  followPresented();
  // Roles change hands: what this browser keeps says where the next page is.
  store.subscribe(["seat"], () => {
    const { seat, workshop } = store.state;
    if (seat && workshop) renameSeat(workshop.code, seat.person);
  });
}
