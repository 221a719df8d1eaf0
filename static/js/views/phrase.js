/** A translated sentence with marked-up words in it, whatever their order in the language. */
import { html } from "lit";

/**
 * @param {string} sentence  already translated, its {placeholders} still open
 * @param {Record<string, unknown>} parts  templates or plain values by name
 */
export function phrase(sentence, parts) {
  return sentence.split(/\{(\w+)\}/).map((piece, i) => (i % 2 ? (parts[piece] ?? "") : piece));
}

/** A word in the colour of the data it speaks of. @param {string} kind  a class of sentence.css @param {string} word */
export function coloured(kind, word) {
  return html`<b class=${kind}>${word}</b>`;
}
