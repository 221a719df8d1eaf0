/** Files that are given to whom they belong: the seat says who asks, which a link could not. */
import { CODE, seatIn } from "./seat.js";

/** Who asks, for what not everybody may have. @returns {Record<string, string>} */
export function authority() {
  const seat = seatIn(CODE);
  return seat ? { Authorization: `Bearer ${seat.token}` } : {};
}

/**
 * Has the browser save a file of the server.
 * @param {string} address
 * @param {string} otherwise  its name, if the server says none
 * @returns {Promise<boolean>} whether it was given
 */
export async function download(address, otherwise) {
  try {
    const answer = await fetch(address, { headers: authority() });
    if (!answer.ok) return false;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? otherwise;
    link.click();
    URL.revokeObjectURL(link.href);
    return true;
  } catch {
    return false;
  }
}
