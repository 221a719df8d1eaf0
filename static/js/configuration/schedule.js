/**
 * Which share of the learning rate a schedule plans for each step: the closed forms of engine/schedules.py. Pure.
 *
 * @typedef {import("../protocol").OptimizerFields} OptimizerFields
 */

/** Which numbers shape each schedule, besides the warm-up. @type {Record<string, readonly ("schedule_steps" | "schedule_factor" | "learning_rate_decay")[]>} */
export const SHAPED_BY = {
  constant: [],
  inverse_time: ["learning_rate_decay"],
  step: ["schedule_steps", "schedule_factor"],
  exponential: ["schedule_steps", "schedule_factor"],
  cosine: ["schedule_steps", "schedule_factor"],
  one_cycle: ["schedule_steps", "schedule_factor"],
};

/** @type {Record<string, (settings: OptimizerFields, t: number) => number>} */
const SCHEDULES = {
  constant: () => 1,
  inverse_time: (settings, t) => 1 / (1 + settings.learning_rate_decay * t),
  step: (settings, t) => settings.schedule_factor ** Math.floor(t / settings.schedule_steps),
  exponential: (settings, t) => settings.schedule_factor ** (t / settings.schedule_steps),
  cosine: (settings, t) => halfWave(1, settings.schedule_factor, t / settings.schedule_steps),
  one_cycle: oneCycle,
};

/**
 * The share of the learning rate at step t, counted from 0.
 * @param {OptimizerFields} settings
 * @param {number} t
 */
export function shareAt(settings, t) {
  const schedule = SCHEDULES[settings.schedule] ?? (() => 1);
  const warmup = settings.warmup_steps;
  return t < warmup ? ((t + 1) / (warmup + 1)) * schedule(settings, 0) : schedule(settings, t - warmup);
}

/**
 * So many steps that the shape of the plan is seen: past its end, or until little more happens.
 * @param {OptimizerFields} settings
 */
export function horizon(settings) {
  const { schedule, schedule_steps: steps, warmup_steps: warmup, learning_rate_decay: decay } = settings;
  if (schedule === "step" || schedule === "exponential") return warmup + 4 * steps;
  if (schedule === "cosine" || schedule === "one_cycle") return warmup + Math.ceil(1.2 * steps);
  if (schedule === "inverse_time" && decay > 0) return warmup + Math.ceil(4 / decay);
  return Math.max(1000, 3 * warmup);
}

/**
 * The plan as points of a line: x from 0 to `width`, y from `height` (a rate of 0) up to 0 (the whole learning rate).
 * @param {OptimizerFields} settings
 * @param {number} width
 * @param {number} height
 */
export function planPoints(settings, width, height) {
  const steps = horizon(settings);
  return Array.from({ length: width + 1 }, (_point, x) => {
    const share = shareAt(settings, Math.floor((x / width) * steps));
    return `${x},${Number((height * (1 - share)).toFixed(2))}`;
  }).join(" ");
}

/** @param {OptimizerFields} settings @param {number} t */
function oneCycle(settings, t) {
  const { schedule_steps: steps, schedule_factor: low } = settings;
  const rise = Math.floor((steps * 3) / 10); // whole steps, so that one of them has the full learning rate
  return t < rise ? halfWave(low, 1, t / rise) : halfWave(1, low * low, (t - rise) / (steps - rise));
}

/** @param {number} start @param {number} end @param {number} done */
function halfWave(start, end, done) {
  if (done >= 1) return end;
  const share = (1 + Math.cos(Math.PI * done)) / 2;
  return start * share + end * (1 - share);
}
