/**
 * The seat one has in a workshop: who one is there. It is kept in this browser by the workshop's code, so that coming back
 * needs nothing, and it is told to the server in hello alone: never in an address.
 *
 * @typedef {object} Seat
 * @property {string} code
 * @property {string} token  whoever has it is this person
 * @property {string} name
 * @property {string} role  as it was when the seat was taken
 */

/** The workshop that this page is in; empty: none. */
export const CODE = document.body.dataset.workshop ?? "";

const PREFIX = "backscope.seat.";
const NAME = "backscope.name";

/** @param {string} code @returns {Seat | null} */
export function seatIn(code) {
  return code ? parsed(read(PREFIX + code)) : null;
}

/** All seats of this browser. @returns {Seat[]} */
export function seats() {
  return keys()
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => parsed(read(key)))
    .filter((seat) => seat !== null);
}

/**
 * Keeps a seat that was just taken.
 * @param {Seat} seat
 * @returns {boolean} whether it is kept: without it, no other page would know who one is
 */
export function keepSeat({ code, token, name, role }) {
  write(NAME, name);
  return write(PREFIX + code, JSON.stringify({ code, token, name, role }));
}

/** Keeps what somebody is called, and is, by now. @param {string} code @param {{ name: string, role: string }} person */
export function renameSeat(code, { name, role }) {
  const seat = seatIn(code);
  if (seat && (seat.name !== name || seat.role !== role)) write(PREFIX + code, JSON.stringify({ ...seat, name, role }));
}

/** Gives a seat up. @param {string} code */
export function forgetSeat(code) {
  for (const storage of storages()) {
    try {
      storage().removeItem(PREFIX + code);
    } catch {
      // nothing is kept there
    }
  }
}

/** The name one gave last, to be offered again. */
export function lastName() {
  return read(NAME) ?? "";
}

/**
 * Whether a page of a workshop may be shown: who has no seat is led to the door.
 * @returns {boolean}
 */
export function seated() {
  if (!CODE || seatIn(CODE)) return true;
  location.replace(`/r/${CODE}`);
  return false;
}

/** A browser that keeps nothing for good may still keep it for this tab. */
function storages() {
  return [() => localStorage, () => sessionStorage];
}

/** @param {string} key @returns {string | null} */
function read(key) {
  for (const storage of storages()) {
    try {
      const found = storage().getItem(key);
      if (found !== null) return found;
    } catch {
      // not allowed here
    }
  }
  return null;
}

/** @param {string} key @param {string} text */
function write(key, text) {
  return storages().some((storage) => {
    try {
      storage().setItem(key, text);
      return true;
    } catch {
      return false;
    }
  });
}

function keys() {
  return storages().flatMap((storage) => {
    try {
      return Object.keys(storage());
    } catch {
      return [];
    }
  });
}

/** @param {string | null} text @returns {Seat | null} */
function parsed(text) {
  try {
    const seat = JSON.parse(text ?? "null");
    const whole = seat && [seat.code, seat.token, seat.name, seat.role].every((part) => typeof part === "string");
    return whole ? seat : null;
  } catch {
    return null;
  }
}
