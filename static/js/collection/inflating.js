/** Compressed bytes made whole again by the browser, never more of them than announced. */

/**
 * @param {Uint8Array} packed
 * @param {CompressionFormat} format
 * @param {number} most  bytes
 * @returns {Promise<Uint8Array | null>} null: it is damaged, or there are more
 */
export async function inflated(packed, format, most) {
  const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const whole = new Uint8Array(most);
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return whole.subarray(0, length);
      if (length + value.length > most) {
        await reader.cancel();
        return null;
      }
      whole.set(value, length);
      length += value.length;
    }
  } catch {
    return null;
  }
}
