/**
 * What a class is, in numbers: pure functions of the members' cards.
 *
 * @typedef {import("../protocol").MemberCard} MemberCard
 */

/** Whether somebody has a run of their own. @param {MemberCard} card */
export function hasRun(card) {
  return card.run !== "";
}

/** @param {readonly MemberCard[]} cards */
export function accuracies(cards) {
  return cards.flatMap(({ accuracy }) => (accuracy === null ? [] : [accuracy])).sort((one, other) => one - other);
}

/** The middle one, or the mean of the two in the middle; null: there is none. @param {readonly number[]} sorted */
export function median(sorted) {
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** From what accuracy on somebody is of the best quarter; of fewer than four there is none. @param {readonly number[]} sorted */
export function bestQuarter(sorted) {
  return sorted.length < 4 ? Infinity : (sorted[Math.ceil(0.75 * sorted.length)] ?? Infinity);
}

/** The value below which this share of them lies. @param {readonly number[]} sorted  not empty @param {number} share */
function quantile(sorted, share) {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  return low + (at % 1) * ((sorted[Math.ceil(at)] ?? low) - low);
}

const ENOUGH = 6; // runs, to say that one is far from the others

/**
 * Whether somebody is far behind: more than 1.5 times the spread of the middle half below it (Tukey's fence), though they have
 * made at least half as many steps as the middle of the class.
 * @param {readonly MemberCard[]} cards
 * @returns {(card: MemberCard) => boolean}
 */
export function behindTheClass(cards) {
  const known = accuracies(cards.filter(({ asleep }) => !asleep));
  if (known.length < ENOUGH) return () => false;
  const low = quantile(known, 0.25);
  const fence = low - 1.5 * (quantile(known, 0.75) - low);
  const steps = median(cards.filter(hasRun).map(({ step }) => step).sort((one, other) => one - other)) ?? 0;
  return ({ accuracy, step }) => accuracy !== null && accuracy < fence && step >= steps / 2;
}

/** Where the axis of all loss curves ends: what an untrained network loses, in the middle of the class. @param {readonly MemberCard[]} cards */
export function topOfCurves(cards) {
  const firsts = cards.flatMap(({ curve }) => curve.slice(0, 1)).sort((one, other) => one - other);
  return 1.08 * (median(firsts) ?? 1);
}

/**
 * @param {readonly MemberCard[]} cards
 * @param {string} order
 * @param {(card: MemberCard) => number} need  the more somebody needs the host, the larger
 */
export function ordered(cards, order, need) {
  const better = (/** @type {MemberCard} */ one, /** @type {MemberCard} */ other) => (other.accuracy ?? -1) - (one.accuracy ?? -1);
  switch (order) {
    case "name":
      return [...cards].sort((one, other) => one.person.name.localeCompare(other.person.name));
    case "accuracy":
      return [...cards].sort(better);
    case "need":
      return [...cards].sort((one, other) => need(other) - need(one) || -better(one, other));
    default:
      return cards;
  }
}

/** Steps a second of all members' runs together, counted from their cards over the last seconds. */
export class Pace {
  static OVER = 5000; // milliseconds

  /** @type {Map<string, number>} the step each was seen at last */
  #steps = new Map();
  /** @type {{ time: number, steps: number }[]} */
  #made = [];
  #since = Infinity;

  /** @param {Iterable<MemberCard>} cards @param {number} now */
  take(cards, now) {
    let steps = 0;
    for (const { person, step } of cards) {
      const before = this.#steps.get(person.id);
      if (before !== undefined && step > before) steps += step - before;
      this.#steps.set(person.id, step);
    }
    this.#since = Math.min(this.#since, now);
    this.#made = [...this.#made.filter(({ time }) => now - time < Pace.OVER), { time: now, steps }];
  }

  /** @param {number} now @returns {number | null} null: not known yet */
  rate(now) {
    const over = Math.min(Pace.OVER, now - this.#since);
    if (!(over >= 1000)) return null;
    return (1000 * this.#made.reduce((sum, { time, steps }) => sum + (now - time < Pace.OVER ? steps : 0), 0)) / over;
  }
}
