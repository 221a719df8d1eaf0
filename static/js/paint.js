/** One dirty flag and at most one paint a display refresh, for every canvas of the page. A hidden page paints nothing. */

/** @type {Set<() => void>} */
const draws = new Set();
/** @type {(() => void)[]} */
let afterwards = [];
let dirty = false;
let scheduled = false;

/**
 * Registers something that draws; it asks itself whether what it draws has changed.
 * @param {() => void} draw
 * @returns {() => void} ends it
 */
export function onPaint(draw) {
  draws.add(draw);
  invalidate();
  return () => void draws.delete(draw);
}

/** Says that something changed that is drawn. */
export function invalidate() {
  dirty = true;
  schedule();
}

/**
 * Calls back once, after the next paint.
 * @param {() => void} callback
 */
export function afterPaint(callback) {
  afterwards.push(callback);
  invalidate();
}

function schedule() {
  if (scheduled || document.hidden) return;
  scheduled = true;
  requestAnimationFrame(paint);
}

function paint() {
  scheduled = false;
  if (!dirty || document.hidden) return;
  dirty = false;
  try {
    for (const draw of [...draws]) draw();
  } finally {
    const callbacks = afterwards;
    afterwards = [];
    for (const callback of callbacks) callback();
  }
}

document.addEventListener("visibilitychange", () => {
  if (dirty) schedule();
});
