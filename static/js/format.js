/** Numbers as text, in the page's language. A number that is not there is a dash, never NaN. */
import { language } from "./i18n.js";

const MISSING = "–";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {number | null | undefined} value
 * @param {number} digits  after the point
 */
export function fixed(value, digits) {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const key = `f${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(key, format);
  }
  const text = format.format(value);
  return /[1-9]/.test(text) ? text.replace("-", "−") : text.replace("-", "");
}

/** With as many digits as help: 0.295, 12.3, 0.0012. @param {number | null | undefined} value */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return scientific(value, 1);
  if (size >= 1000) return fixed(value, 0);
  return fixed(value, size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** As somebody chose it, with no digit more: 0.28, 90, 0.005. @param {number} value */
export function chosen(value) {
  let format = formats.get("chosen");
  if (!format) {
    format = new Intl.NumberFormat(language, { maximumSignificantDigits: 6 });
    formats.set("chosen", format);
  }
  return format.format(value);
}

/** Of a whole: 0.91 is "91.0 %". @param {number | null | undefined} value @param {number} [digits] */
export function percent(value, digits = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  return `${fixed(value * 100, digits)}\u202f%`;
}

/** @param {number | null | undefined} value */
export function integer(value) {
  return value === null || value === undefined ? MISSING : fixed(Math.round(value), 0);
}

/** 0.0021 is "2·10⁻³". @param {number | null | undefined} value @param {number} [digits] */
export function scientific(value, digits = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const [mantissa = "", exponent = "0"] = value.toExponential(digits).split("e");
  const power = [...String(Math.abs(Number(exponent)))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `${fixed(Number(mantissa), digits)}·10${Number(exponent) < 0 ? "⁻" : ""}${power}`;
}
