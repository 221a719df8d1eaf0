/** Questions that the run itself suggests: a step not far ahead, and a threshold that is in doubt there. */

const AHEAD = 200; // steps: some seconds at the usual pace
const FEWER = 0.7; // of the loss now
const HALFWAY = 0.5; // from the accuracy now to all

/** @param {number} step  of the run now */
export function stepAhead(step) {
  return Math.ceil((step + AHEAD) / 100) * 100;
}

/** @param {readonly { smoothed_loss: number }[]} training */
export function lossInDoubt(training) {
  const loss = training.at(-1)?.smoothed_loss;
  return loss === undefined ? 0.5 : Number((loss * FEWER).toPrecision(2));
}

/** In percent. @param {readonly { accuracy: number | null }[]} heldOut */
export function accuracyInDoubt(heldOut) {
  const accuracy = heldOut.at(-1)?.accuracy ?? null;
  return accuracy === null ? 90 : Math.min(99, Math.round(100 * (accuracy + (1 - accuracy) * HALFWAY)));
}
