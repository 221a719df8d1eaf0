/** What of this page outlives a reload, in this tab alone: its ink, and the name of the copy it teaches. */

/** @param {"ink" | "copy" | "brush"} name @returns {string | null} */
export function kept(name) {
  try {
    return sessionStorage.getItem(`draw.${name}`);
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** @param {"ink" | "copy" | "brush"} name @param {string} text */
export function keep(name, text) {
  try {
    sessionStorage.setItem(`draw.${name}`, text);
  } catch {
    // it is on the screen still
  }
}
