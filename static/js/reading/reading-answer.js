/** What the network says: the digit, how sure it is and what that is worth, and all ten probabilities. */
import { html, nothing } from "lit";
import { beginChallenge } from "../challenge/turns.js";
import { fixed, percent } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { coloured, phrase } from "../views/phrase.js";
import { bars } from "./bars.js";
import { certaintyOf, ranked, surely } from "./certainty.js";

const NAMES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

class ReadingAnswer extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["drawn", "reading", "explained", "lesson", "readers", "reader", "connection", "error", "challenge"];

  /** What a screen reader was told last. */
  #spoken = "";

  /** @override */
  render() {
    const { drawn, reading, explained, lesson } = store.state;
    const classes = this.#classes;
    if (!drawn || drawn.problem || !reading) {
      this.#spoken = drawn?.problem ? problem(drawn.problem) : "";
      return html`<section class="answer" data-state="empty" aria-label=${_("What the network reads")}>
        <p class="answer-digit" aria-hidden="true">?</p>
        <div class="answer-words" data-testid="answer-words">${drawn?.problem ? html`<p>${problem(drawn.problem)}</p>` : this.#waiting(drawn !== null)}</div>
        ${bars({ probs: [], classes, read: -1, taught: -1, quiet: true })}
        <p class="visually-hidden" role="status">${this.#spoken}</p>
      </section>`;
    }
    const { answer } = reading;
    const certainty = certaintyOf(reading, explained);
    const taught = lesson.label ?? -1;
    const verdict = taught < 0 ? "" : answer.prediction === taught ? "right" : "wrong";
    if (explained?.pixels === drawn.pixels) this.#spoken = said(answer, certainty, classes);
    return html`<section class="answer" data-state=${certainty} data-verdict=${verdict} aria-label=${_("What the network reads")}>
      <p class="answer-digit" data-testid="prediction">${classes[answer.prediction]}</p>
      <div class="answer-words" data-testid="answer-words">
        <p class="answer-first">${first(answer, certainty, classes)}</p>
        <p>${second(answer, certainty, explained, classes)}</p>
        <p class="answer-third">${third(certainty, explained)}</p>
      </div>
      ${bars({ probs: answer.probs, classes, read: answer.prediction, taught, quiet: certainty === "strange" })}
      <p class="answer-measures" data-testid="certainty">${measures(reading, explained)}</p>
      <p class="visually-hidden" role="status">${this.#spoken}</p>
    </section>`;
  }

  get #classes() {
    const { readers, reader } = store.state;
    return readers[reader]?.opened?.manifest.classes ?? NAMES;
  }

  /** @param {boolean} drawing */
  #waiting(drawing) {
    const { readers, reader, connection, error, challenge } = store.state;
    const refusal = readers[reader]?.refusal || (drawing && error?.message);
    if (refusal) return html`<p>${refusal}</p><p>${_("Choose another network above.")}</p>`;
    if (drawing && connection.phase !== "live") return html`<p>${_("Your drawing is kept. It is read as soon as the server is there again.")}</p>`;
    if (drawing) return html`<p>${_("Reading…")}</p>`;
    return html`<p class="answer-first">${_("Draw a digit, and the network says what it sees.")}</p>
      <p>${_("It answers at every move of the pen. Then look why, and teach it if it is wrong.")}</p>
      ${challenge.asked.length ? nothing : html`<p class="answer-challenge"><button data-testid="begin-challenge" @click=${beginChallenge}>${_("Take the challenge: ten digits in turn")}</button></p>`}`;
  }
}

/** Why a drawing can't be seen as a digit. @param {string} code */
function problem(code) {
  if (code === "dot") return _("That is a dot. Draw a line, and it is read.");
  return code === "no_ink"
    ? _("There is too little ink to be seen as a digit. Draw a little more.")
    : _("This can't be seen as a digit: there must be light and dark, and the ink must not fill all.");
}

/** @param {import("../protocol").Prediction} answer @param {import("./certainty.js").Certainty} certainty @param {readonly string[]} classes */
function first({ prediction, probs }, certainty, classes) {
  const [, next = 0] = ranked(probs);
  const parts = {
    digit: html`<b>${classes[prediction]}</b>`,
    share: html`<b>${surely(probs[prediction])}</b>`,
    next: html`<b>${classes[next]}</b>`,
    other: html`<b>${surely(probs[next])}</b>`,
  };
  switch (certainty) {
    case "strange":
      return phrase(_("It says {digit}, but this does not look like the digits it learned from."), parts);
    case "odd":
      return phrase(_("It reads {digit} ({share}), but this is not quite like the digits it learned from."), parts);
    case "unsure":
      return phrase(_("It hesitates: perhaps {digit} ({share}), perhaps {next} ({other})."), parts);
    case "new":
      return phrase(_("So far it reads {digit}."), parts);
    default:
      return phrase(_("It reads {digit}, and is {share} sure."), parts);
  }
}

/**
 * @param {import("../protocol").Prediction} answer
 * @param {import("./certainty.js").Certainty} certainty
 * @param {import("./asking.js").Explained | null} explained
 * @param {readonly string[]} classes
 */
function second({ probs }, certainty, explained, classes) {
  const [, next = 0, third_ = 0] = ranked(probs);
  const parts = {
    next: html`<b>${classes[next]}</b>`,
    other: surely(probs[next]),
    third: classes[third_],
    rest: surely(probs[third_]),
    share: html`<b>${percent(explained?.answer.farther_than, 0)}</b>`,
  };
  if (certainty === "strange") {
    return phrase(_("It is farther from every training digit than {share} of held-out digits are: what it says means little."), parts);
  }
  if (certainty === "odd") {
    return phrase(_("Farther from them than {share} of held-out digits are. Next best: {next}, with {other}."), parts);
  }
  return phrase(_("Next best: {next}, with {other}; {third} gets {rest}."), parts);
}

/** @param {import("./certainty.js").Certainty} certainty @param {import("./asking.js").Explained | null} explained */
function third(certainty, explained) {
  if (!explained) return nothing;
  const parts = { orange: coloured("weight-positive", _("orange")), blue: coloured("weight-negative", _("blue")) };
  return certainty === "strange"
    ? phrase(_("It must choose one of ten, whatever it is shown; the {orange} pixels decided it."), parts)
    : phrase(_("The {orange} pixels made it say so; the {blue} ones speak against it."), parts);
}

/** @param {import("./asking.js").Reading} reading @param {import("./asking.js").Explained | null} explained */
function measures({ answer }, explained) {
  const bits = fixed(Math.log2(answer.probs.length), 2);
  const doubt = html`<span>${_("doubt: {entropy} of {bits} bits", { entropy: fixed(answer.entropy, 2), bits })}</span>`;
  const nearest = explained?.answer.nearest[0];
  if (!nearest || explained.answer.farther_than === null) return doubt;
  return html`${doubt}<span>${_("distance {distance} to the nearest training digit, farther than {share} of held-out digits", {
    distance: fixed(nearest.distance, 1),
    share: percent(explained.answer.farther_than, 0),
  })}</span>`;
}

/** In one breath, for a screen reader. @param {import("../protocol").Prediction} answer @param {import("./certainty.js").Certainty} certainty @param {readonly string[]} classes */
function said({ prediction, probs }, certainty, classes) {
  const values = { digit: classes[prediction] ?? "", share: surely(probs[prediction]) };
  return certainty === "strange"
    ? _("It says {digit}, but this does not look like the digits it learned from.", values)
    : certainty === "odd"
      ? _("It reads {digit} ({share}), but this is not quite like the digits it learned from.", values)
      : _("It reads {digit}, and is {share} sure.", values);
}

customElements.define("reading-answer", ReadingAnswer);
