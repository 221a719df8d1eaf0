/** The server's clock as seen from here: the offset of the quickest answer is the truest. */

let offset = 0;
let quickest = Infinity;

/**
 * @param {number} sent  when the question left, by `performance.now()`
 * @param {number} time  the server's answer, milliseconds since 1970
 */
export function setClock(sent, time) {
  const now = performance.now();
  const roundTrip = now - sent;
  if (roundTrip > quickest) return;
  quickest = roundTrip;
  offset = time - (sent + roundTrip / 2);
}

/** Forgets it: another link, perhaps another server. */
export function resetClock() {
  quickest = Infinity;
}

/** How many milliseconds ago it was that time on the server; null before it is known. @param {number} time */
export function ageOf(time) {
  return quickest === Infinity ? null : Math.max(0, performance.now() + offset - time);
}
