/** Bytes put together: what the writers of files share. */

/** @param {readonly (Uint8Array | readonly number[])[]} parts @returns {Uint8Array<ArrayBuffer>} */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Four bytes, the largest first. @param {number} value */
export function wordBig(value) {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** So many bytes, the smallest first. @param {number} value @param {number} count */
export function little(value, count) {
  return Uint8Array.from({ length: count }, (_byte, i) => Math.floor(value / 256 ** i));
}

/** As base64, one after the other. @param {readonly Uint8Array[]} parts */
export function bytesToText(parts) {
  let text = "";
  for (const part of parts) for (const byte of part) text += String.fromCharCode(byte);
  return btoa(text);
}
