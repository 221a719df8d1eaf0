/** The two checksums that files of pictures carry: CRC-32 (ISO 3309; of PNG and ZIP) and Adler-32 (RFC 1950; of PNG's zlib stream). */

const TABLE = Uint32Array.from({ length: 256 }, (_byte, n) => {
  let rest = n;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest >>> 0;
});

const PRIME = 65521;

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (TABLE[(rest ^ byte) & 255] ?? 0) ^ (rest >>> 8);
  return ~rest >>> 0;
}

/** @param {Uint8Array} bytes  fewer than fit a sum into 2^53 */
export function adler32(bytes) {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % PRIME;
    b = (b + a) % PRIME;
  }
  return b * 65536 + a;
}
