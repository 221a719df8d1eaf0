/** The page's language: English messages are their own keys, other languages come from the server's catalogue. */

/** @typedef {Record<string, string | number>} Values */

/** "en" or "zh-Hans" */
export const language = document.documentElement.lang || "en";

/** @type {Record<string, string | string[]>} */
const catalogue = await load(document.documentElement.dataset.messages);
const plurals = new Intl.PluralRules(language);

/**
 * Translates a message and fills its {placeholders}.
 * @param {string} message
 * @param {Values} [values]
 */
export function _(message, values) {
  const found = catalogue[message];
  return fill((Array.isArray(found) ? found[0] : found) || message, values);
}

/**
 * Translates a message that depends on a count.
 * @param {string} singular
 * @param {string} plural
 * @param {number} count
 * @param {Values} [values]
 */
export function ngettext(singular, plural, count, values) {
  const forms = catalogue[singular];
  const one = plurals.select(count) === "one";
  const translated = Array.isArray(forms) ? forms[one ? 0 : forms.length - 1] : forms;
  return fill(translated || (count === 1 ? singular : plural), values);
}

/**
 * @param {string} text
 * @param {Values | undefined} values
 */
function fill(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place)) : text;
}

/** @param {string | undefined} address */
async function load(address) {
  if (!address) return {};
  try {
    const response = await fetch(address);
    return response.ok ? await response.json() : {};
  } catch {
    return {}; // English is better than nothing
  }
}
