/**
 * The copy that this page teaches: its name, what it was made from, and that it is lost when the server has dropped it.
 *
 * Only who knows its name can use it, so the name is drawn from what can't be guessed.
 */
import { keep, kept } from "../sketch/keeping.js";
import { store } from "../store.js";
import { forgetReader, RUN } from "./readers.js";

class Copy {
  name = "";
  /** What it was made from. */
  base = "conv";
  /** Whether it exists, as far as this page knows. */
  known = false;

  constructor() {
    const [name = "", base = "", taught = ""] = (kept("copy") ?? "").split(" ");
    if (/^copy-[A-Za-z0-9_-]{8,32}$/.test(name)) Object.assign(this, { name, base: base || RUN, known: taught === "taught" });
    else this.name = `copy-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }

  /** It was made, from this network. @param {string} base */
  made(base) {
    if (base !== this.name) this.base = base;
    this.known = true;
    keep("copy", `${this.name} ${this.base} taught`);
  }

  /** The server has it no longer: the network it was made from reads again. */
  lose() {
    const said = this.known;
    this.known = false;
    keep("copy", `${this.name} ${this.base}`);
    forgetReader(this.name);
    const reader = store.state.reader === this.name ? this.base : store.state.reader;
    store.set({ reader, ...(said ? { notice: { code: "copy_gone" } } : {}) });
    if (store.state.error?.code === "copy_gone") store.set({ error: null });
  }
}

export const COPY = new Copy();
