/** What several of a workshop's pages say. */
import { _ } from "../i18n.js";

/** A code as it is read aloud: three characters, and three more. @param {string} code */
export function spacedCode(code) {
  return `${code.slice(0, 3)}\u2009·\u2009${code.slice(3)}`;
}

/** What is said where a browser keeps nothing. @returns {import("./http.js").Refusal} */
export function unkept() {
  return { code: "not_kept", message: _("This browser keeps nothing, so the next page would not know you. Allow site data, or leave private browsing.") };
}
