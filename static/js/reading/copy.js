/**
 * The copy that this page teaches: its name, what it was made from, and that it is lost when the server has dropped it.
 *
 * Only who knows its name can use it, so the name is drawn from what can't be guessed. It lives beside the run it was taught
 * beside: who goes to another run leaves it there, and finds it again when they come back.
 */
import { keep, kept } from "../sketch/keeping.js";
import { store } from "../store.js";
import { forgetReader, RUN } from "./readers.js";

class Copy {
  name = "";
  /** What it was made from. */
  base = "conv";
  /** The runs beside which it exists, as far as this page knows. @type {Set<string>} */
  #beside = new Set();

  constructor() {
    const [name = "", base = "", beside = ""] = (kept("copy") ?? "").split(" ");
    this.#beside = new Set(beside.split(",").filter(Boolean));
    if (/^copy-[A-Za-z0-9_-]{8,32}$/.test(name)) Object.assign(this, { name, base: base || RUN });
    else this.name = `copy-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }

  /** Whether it exists beside the run one sees; before one sees any, whether it does beside one. */
  get known() {
    const run = store.state.manifest?.run;
    return run === undefined ? this.#beside.size > 0 : this.#beside.has(run);
  }

  /** It was made, from this network. @param {string} base */
  made(base) {
    if (base !== this.name) this.base = base;
    this.#beside.add(store.state.manifest?.run ?? "");
    this.#keep();
  }

  /** One sees another run: the copy reads on only if it is there too. */
  moved() {
    if (this.known || !store.state.readers[this.name]) return;
    forgetReader(this.name);
    if (store.state.reader === this.name) store.set({ reader: this.base, notice: { code: "copy_stays" } });
  }

  /** The server has it no longer: the network it was made from reads again. */
  lose() {
    const said = this.known;
    this.#beside.delete(store.state.manifest?.run ?? "");
    this.#keep();
    forgetReader(this.name);
    const reader = store.state.reader === this.name ? this.base : store.state.reader;
    store.set({ reader, ...(said ? { notice: { code: "copy_gone" } } : {}) });
    if (store.state.error?.code === "copy_gone") store.set({ error: null });
  }

  #keep() {
    keep("copy", `${this.name} ${this.base} ${[...this.#beside].join(",")}`);
  }
}

export const COPY = new Copy();
