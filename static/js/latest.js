/** For sliders: one command on its way, and of those asked for meanwhile only the newest. */

/**
 * @template Value
 * @param {(value: Value) => Promise<unknown>} deliver
 * @returns {(value: Value) => Promise<void>} resolves when nothing waits any more
 */
export function latestOnly(deliver) {
  /** @type {{ value: Value } | null} */
  let next = null;
  /** @type {Promise<void> | null} */
  let working = null;

  async function work() {
    while (next) {
      const { value } = next;
      next = null;
      await deliver(value);
    }
    working = null;
  }

  return (value) => {
    next = { value };
    working ??= work();
    return working;
  };
}
