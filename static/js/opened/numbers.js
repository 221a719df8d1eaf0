/** Numbers of an opened step as text and as elements: each keeps its exact value, and says its address when pointed at. */
import { html } from "lit";
import { fixed, integer, scientific } from "../format.js";
import { _ } from "../i18n.js";

/** @typedef {"weight" | "gradient" | "plain"} Kind  which colours its sign has */

/**
 * Four digits that count, so that products can be checked by hand.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 */
export function significant(value, digits = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) return fixed(null, 0);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return integer(value);
  if (size < 1e-3 || size >= 1e6) return scientific(value, digits - 1);
  return fixed(value, Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
}

/** As a formula writes it: with the small dot of mathematics, which Chinese fonts would draw as a bullet. @param {string} text */
export function inMath(text) {
  return text.replaceAll("·", "⋅");
}

/** @param {Kind} kind @param {number | null | undefined} value */
export function toneOf(kind, value) {
  return kind === "plain" || !value ? "" : `${kind}-${value < 0 ? "negative" : "positive"}`;
}

/** dense1.W[5, 412], as one would look it up. @param {string} address @param {readonly number[]} index */
export function addressText(address, index) {
  return `${address}[${index.join(", ")}]`;
}

/**
 * A number that has no address of its own: a sum, a share.
 * @param {number | null | undefined} value
 * @param {Kind} [kind]
 * @param {string} [meaning]  what it is, for who points at it
 * @param {string} [name]  for tests
 * @param {number} [digits]  that count
 */
export function figure(value, kind = "plain", meaning = "", name = "", digits = 4) {
  const exact = value === null || value === undefined ? "" : String(value);
  return html`<data class="num ${toneOf(kind, value)}" value=${exact} data-testid=${name} title=${meaning ? `${meaning} = ${exact}` : exact}>${significant(value, digits)}</data>`;
}

/**
 * A number with its address.
 * @param {import("./answers").Addressed} number
 * @param {Kind} [kind]
 * @param {string} [name]
 */
export function addressed({ address, index, example, value }, kind = "plain", name = "") {
  return figure(value, kind, fullAddress(address, index, example), name);
}

/** @param {string} address @param {readonly number[]} index @param {number | null} example */
export function fullAddress(address, index, example) {
  const at = addressText(address, index);
  return example === null ? at : _("{address}, example #{example}", { address: at, example });
}

/** Colours by what a tensor holds. @param {string} address @returns {Kind} */
export function kindOf(address) {
  if (address.includes("dL_d")) return "gradient";
  return /\.(W|b|gamma|beta|a|z)$/.test(address) ? "weight" : "plain";
}

/**
 * A bar from the middle to the right or left.
 * @param {number | null} value
 * @param {number} limit  the size at which it is as long as it can be
 * @param {Kind} kind
 */
export function pull(value, limit, kind) {
  const half = limit > 0 && value ? 50 * Math.min(1, Math.abs(value) / limit) : 0;
  const from = value && value < 0 ? 50 - half : 50;
  return html`<svg class="pull" aria-hidden="true">
    <rect class="track" width="100%" height="100%"></rect>
    <rect class=${toneOf(kind, value)} x="${from.toFixed(2)}%" width="${half.toFixed(2)}%" height="100%"></rect>
    <line x1="50%" x2="50%" y1="0" y2="100%"></line>
  </svg>`;
}

/**
 * A bar from the left.
 * @param {number} share  of its whole length
 * @param {string} tone
 */
export function bar(share, tone) {
  const width = `${(100 * Math.max(0, Math.min(1, share))).toFixed(2)}%`;
  return html`<svg class="pull" aria-hidden="true">
    <rect class="track" width="100%" height="100%"></rect>
    <rect class=${tone} width=${width} height="100%"></rect>
  </svg>`;
}

/** The largest size among numbers. @param {readonly (number | null)[]} values */
export function largest(values) {
  return values.reduce((/** @type {number} */ most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
}
