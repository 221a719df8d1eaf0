/** Who reads, in the page's address: ?network=dense. A copy is this page's own and not to be shared. */
import { store } from "../store.js";
import { CODE } from "../workshop/seat.js";
import { COPY } from "./copy.js";
import { PACKAGED, RUN } from "./readers.js";

const FIRST = CODE ? RUN : (PACKAGED[0] ?? RUN); // in a workshop it is the run that all see, or one's own

/** Keeps the address and the choice together from now on. */
export function followReader() {
  const address = new URL(location.href);
  const wanted = address.searchParams.get("network") ?? FIRST;
  if ([...PACKAGED, RUN].includes(wanted)) store.set({ reader: wanted });
  else if (wanted === "copy" && COPY.known) store.set({ reader: COPY.name });
  write();
  store.subscribe(["reader"], write);
}

function write() {
  const { reader } = store.state;
  const address = new URL(location.href);
  address.searchParams.delete("lang"); // the server remembers it; a shared link should not carry it
  if (reader === FIRST) address.searchParams.delete("network");
  else address.searchParams.set("network", reader === COPY.name ? "copy" : reader);
  if (address.href !== location.href) history.replaceState(null, "", address);
}
