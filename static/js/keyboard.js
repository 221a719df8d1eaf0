/** The page's shortcuts. They can be switched off, and never take a key from a field, a button or an open dialog. */
import { send } from "./connection.js";
import { store } from "./store.js";
import { steers } from "./workshop/steering.js";

/** @type {readonly import("./store.js").Lens[]} */
const LENSES = ["activations", "gradients", "weights", "updates"];
const FIELDS = "input, select, textarea, [contenteditable], dialog";
const PRESSED_BY_SPACE = "button, a, summary, [role=button], [role=radio], [role=option], [role=tab]";

export const shortcuts = {
  /** @returns {boolean} */
  get on() {
    return stored() !== "off";
  },
  set on(wanted) {
    try {
      localStorage.setItem("shortcuts", wanted ? "on" : "off");
    } catch {
      // not remembered
    }
  },
};

/** Begins to listen. */
export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (!shortcuts.on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && target.closest(PRESSED_BY_SPACE)) return;
    if (event.key === "ArrowRight" && target.closest("[tabindex], button, a")?.matches(":not(main)")) return;
    if (act(event.key, event.repeat)) event.preventDefault();
  });
}

/**
 * @param {string} key
 * @param {boolean} repeated
 * @returns {boolean} whether the key means something here
 */
function act(key, repeated) {
  if ([" ", ".", "ArrowRight", "r", "R"].includes(key) && !(steers() && document.querySelector("transport-bar"))) return false;
  switch (key) {
    case " ":
      if (!repeated) togglePlay();
      return true;
    case ".":
    case "ArrowRight":
      void send({ type: "step" });
      return true;
    case "r":
    case "R":
      if (!repeated) void send({ type: "reset" });
      return true;
    case "l":
    case "L":
      store.set({ lens: LENSES[(LENSES.indexOf(store.state.lens) + 1) % LENSES.length] ?? "gradients" });
      return true;
    case "?":
      document.dispatchEvent(new CustomEvent("help"));
      return true;
    default:
      return false;
  }
}

function togglePlay() {
  void send({ type: store.state.run?.status === "running" ? "pause" : "play" });
}

function stored() {
  try {
    return localStorage.getItem("shortcuts");
  } catch {
    return null;
  }
}
