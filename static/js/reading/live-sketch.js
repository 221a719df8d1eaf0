/** The Studio's own pad: what one draws, and what the network reads in it while it trains. */
import { html, nothing } from "lit";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { look } from "../sketch/drawing.js";
import { store } from "../store.js";
import { phrase } from "../views/phrase.js";
import { bars } from "./bars.js";
import { certaintyOf, ranked, surely } from "./certainty.js";
import { readLive } from "./live.js";
import { RUN } from "./readers.js";

import "../sketch/sketch-pad.js";

class LiveSketch extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["drawn", "reading", "explained", "readers", "manifest", "connection"];

  /** @type {(() => void) | null} */
  #end = null;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    look(); // what was drawn before, on this page or on the other one
    this.#end = readLive();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end?.();
  }

  /** @override */
  render() {
    const { drawn, reading, explained, manifest } = store.state;
    const classes = manifest?.classes ?? [];
    const answer = drawn?.pixels ? reading?.answer : undefined;
    const certainty = answer && reading ? certaintyOf(reading, explained) : "empty";
    return html`<div class="live-sketch" data-state=${certainty}>
      <sketch-pad compact></sketch-pad>
      <div class="live-answer">
        <p class="live-digit" data-testid=${answer ? "sketch-prediction" : nothing}>${answer ? classes[answer.prediction] : html`<span aria-hidden="true">?</span>`}</p>
        <p class="live-words" data-testid="sketch-words">${this.#words(answer, certainty, classes)}</p>
      </div>
      ${bars({ probs: answer?.probs ?? [], classes, read: answer?.prediction ?? -1, taught: -1, quiet: certainty === "strange" })}
      <p class="live-more"><a href=${`${drawingPage()}?network=run`}>${_("Why? Teach it on the drawing page")}</a></p>
    </div>`;
  }

  /** @param {import("../protocol").Prediction | undefined} answer @param {string} certainty @param {readonly string[]} classes */
  #words(answer, certainty, classes) {
    const { drawn, readers, connection } = store.state;
    const refusal = readers[RUN]?.refusal;
    if (refusal) return refusal;
    if (drawn?.problem) return _("There is nothing on it yet that could be seen as a digit.");
    if (connection.phase !== "live") return _("It is read as soon as the server is there again.");
    if (!answer) return drawn ? _("Reading…") : _("Draw a digit, and watch how the network learns to read it.");
    const [read = 0, next = 0] = ranked(answer.probs);
    const parts = {
      step: integer(answer.step),
      digit: html`<b>${classes[read]}</b>`,
      share: html`<b>${surely(answer.probs[read])}</b>`,
      next: html`<b>${classes[next]}</b>`,
      other: surely(answer.probs[next]),
    };
    if (certainty === "strange") return phrase(_("Step {step}: it says {digit}, but this does not look like the digits it learns from."), parts);
    if (certainty === "odd") return phrase(_("Step {step}: it reads {digit} ({share}), but this is not quite like the digits it learns from."), parts);
    if (certainty === "unsure") return phrase(_("Step {step}: perhaps {digit} ({share}), perhaps {next} ({other})."), parts);
    return phrase(_("Step {step}: it reads {digit}, {share} sure."), parts);
  }
}

/** Where one is in a workshop, its own. */
function drawingPage() {
  return document.querySelector('.page-head a[href$="/draw"]')?.getAttribute("href") ?? "/draw";
}

customElements.define("live-sketch", LiveSketch);
