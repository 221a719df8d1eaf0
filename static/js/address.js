/**
 * The set-up in the page's address, so that a link shares it: #layers=32.elu-16.elu&rate=0.1&seed=0&lens=gradients.
 *
 * The lens of a link is taken at once, it is this viewer's own. A set-up that differs from the run's is only offered: the
 * run may be shared, and opening a link must not end it for everyone. What cannot be read is left out, and that is said.
 * In a workshop the address is the workshop's: it holds no set-up, and none is taken from it.
 *
 * @typedef {import("./store.js").Lens} Lens
 */
import { readLink, writeLink } from "./configuration/link.js";
import { store } from "./store.js";
import { CODE } from "./workshop/seat.js";

const WRITE_AFTER = 400; // browsers allow only so many changes of the address in a row

/** Keeps the address and the store together from now on. */
export function followAddress() {
  const opened = new URLSearchParams(location.hash.slice(1));
  const lens = opened.get("lens");
  if (lens && isLens(lens)) store.set({ lens });

  // The language in the address was remembered by the server; a shared link should not carry it.
  const address = new URL(location.href);
  if (address.searchParams.has("lang")) {
    address.searchParams.delete("lang");
    history.replaceState(null, "", address);
  }
  if (CODE) return;

  let timer = 0;
  let compared = false;
  store.subscribe(["run", "limits", "lens", "offer"], () => {
    const { run, offer, limits } = store.state;
    if (!run || !limits) return;
    if (!compared) {
      compared = true;
      const { spec, unread } = readLink(opened, run.spec, limits);
      if (unread.length) store.set({ notice: { code: "link_unread", names: unread } });
      if (spec) return store.set({ offer: spec });
    }
    if (offer) return undefined; // the link stays until it is decided about
    timer ||= setTimeout(() => {
      timer = 0;
      history.replaceState(null, "", `#${writeSpec()}`);
    }, WRITE_AFTER);
    return undefined;
  });
}

function writeSpec() {
  const { run, lens } = store.state;
  return [...(run ? writeLink(run.spec) : []), `lens=${lens}`].join("&");
}

/** @param {string} text @returns {text is Lens} */
function isLens(text) {
  return ["activations", "gradients", "weights", "updates"].includes(text);
}
