/** Who reads: the trained networks of the package, the live run, or the copy that was taught. It is in the page's address. */
import { html, nothing } from "lit";
import { integer, percent } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { COPY } from "./copy.js";
import { PACKAGED, RUN } from "./readers.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

class ReaderChoice extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["reader", "readers", "reading", "run", "units"];
  static rate = 4;
  /** @override @type {typeof Panel.urgent} */
  static urgent = ["reader", "readers"];

  /** @override */
  render() {
    const { reader } = store.state;
    return html`<div class="reader-choice">
      <h2 id="reader-title">${_("Who reads")}</h2>
      <div class="readers" role="radiogroup" aria-labelledby="reader-title" @keydown=${this.#onKey}>
        ${choices().map(({ name, title, detail, off }) => html`<button type="button" role="radio" class="reader" data-reader=${name} data-testid="reader-${kind(name)}"
          aria-checked=${name === reader ? "true" : "false"} tabindex=${name === reader ? 0 : -1} ?disabled=${off !== ""} title=${off || nothing}
          @click=${() => store.set({ reader: name })}><b>${title}</b> <span>${detail}</span></button>`)}
      </div>
    </div>`;
  }

  /** @param {KeyboardEvent} event */
  #onKey = async (event) => {
    const by = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const names = choices().filter(({ off }) => !off).map(({ name }) => name);
    const at = names.indexOf(store.state.reader);
    const reader = names[(at + by + names.length) % names.length];
    if (!reader) return;
    store.set({ reader });
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector(`[data-reader="${reader}"]`))?.focus();
  };
}

/** What a network is called. @param {string} name */
export function readerTitle(name) {
  if (name === RUN) return _("The live run");
  return name === COPY.name ? _("Your copy") : name === "conv" ? "Conv" : "Dense";
}

/** @param {string} name */
function kind(name) {
  return name === COPY.name ? "copy" : name;
}

function choices() {
  const { readers, run, units } = store.state;
  const found = PACKAGED.map((name) => {
    const { opened, refusal = "" } = readers[name] ?? {};
    const measured = opened && opened.correct !== null && opened.count ? _("trained, {accuracy}", { accuracy: percent(opened.correct / opened.count, 1) }) : _("trained");
    return { name, title: readerTitle(name), detail: opened ? measured : "…", off: refusal };
  });
  const live = readers[RUN];
  const step = units && units.frame.run === run?.run ? units.frame.step : (run?.step ?? live?.opened?.step);
  found.push({
    name: RUN,
    title: readerTitle(RUN),
    detail: live?.refusal ? _("reads no digits") : step === undefined ? "…" : _("step {step}", { step: integer(step) }),
    off: live?.refusal ?? "",
  });
  const copy = COPY.known ? readers[COPY.name]?.opened : null;
  if (copy) {
    const lessons = { count: integer(copy.lessons) };
    found.push({ name: COPY.name, title: readerTitle(COPY.name), detail: ngettext("taught {count} lesson", "taught {count} lessons", copy.lessons, lessons), off: "" });
  }
  return found;
}

customElements.define("reader-choice", ReaderChoice);
