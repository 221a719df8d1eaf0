/**
 * Questions about an opened step: each is asked once, when it is first looked at, and its answer kept.
 *
 * @typedef {import("../protocol").Ask["question"]} Question
 * @typedef {import("./answers").Answers} Answers
 */
import { send } from "../connection.js";
import { store } from "../store.js";

/**
 * @template Answer
 * @typedef {object} Reading
 * @property {Answer | null} answer
 * @property {{ code: string, message: string } | null} refusal  why there is none; null with no answer: it is computed
 */

const MOST_KEPT = 96; // the oldest go first; they can be asked again

export class Asking {
  /** @type {Map<string, Reading<any>>} */
  #readings = new Map();
  #step;
  #changed;

  /**
   * @param {number} step  the opened one
   * @param {() => void} changed  called when an answer came
   */
  constructor(step, changed) {
    this.#step = step;
    this.#changed = changed;
  }

  /**
   * The answer as far as it is known; asks for it if it was not asked for yet.
   * @template {Question} Asked
   * @param {Asked} question
   * @returns {Reading<Answers[Asked["about"]]>}
   */
  read(question) {
    const key = JSON.stringify(question);
    const known = this.#readings.get(key);
    if (known) return known;
    void this.#ask(key, question);
    return this.#readings.get(key) ?? { answer: null, refusal: null };
  }

  /**
   * Waits for the answer.
   * @template {Question} Asked
   * @param {Asked} question
   * @returns {Promise<Answers[Asked["about"]] | null>}
   */
  async answer(question) {
    const key = JSON.stringify(question);
    if (!this.#readings.get(key)?.answer) await this.#ask(key, question);
    return this.#readings.get(key)?.answer ?? null;
  }

  /** Asks once more for what was refused. */
  tryAgain() {
    for (const [key, { refusal }] of this.#readings) if (refusal) this.#readings.delete(key);
    this.#changed();
  }

  /** @param {string} key @param {Question} question */
  async #ask(key, question) {
    this.#readings.set(key, { answer: null, refusal: null });
    const oldest = this.#readings.keys().next().value;
    if (this.#readings.size > MOST_KEPT && oldest !== undefined) this.#readings.delete(oldest);
    const reply = await send({ type: "ask", step: this.#step, question });
    if (reply.type === "error") {
      this.#readings.set(key, { answer: null, refusal: { code: reply.code, message: reply.message } });
      if (store.state.error === reply) store.set({ error: null }); // it stands where the answer would
    } else if (reply.type === "answer") {
      this.#readings.set(key, { answer: reply.answer, refusal: null });
    }
    this.#changed();
  }
}
