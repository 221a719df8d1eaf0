/**
 * Reads a sketch with the room's live run, beside the Studio's own picture of it: at every move of the pen, and again as it trains.
 *
 * What else the page looks at stays as it is; an answer has ten numbers and no frame.
 */
import { send } from "../connection.js";
import { latestOnly } from "../latest.js";
import { store } from "../store.js";
import { RUN } from "./readers.js";

const AGAIN_AFTER = 100; // milliseconds; a run that trains is not asked more often than one can follow
const AT_REST = 400;

/** Begins to ask. @returns {() => void} ends it */
export function readLive() {
  let asked = 0;
  let timer = 0;

  const ask = latestOnly(async () => {
    const { drawn, connection } = store.state;
    if (!drawn?.pixels || connection.phase !== "live") return;
    asked = performance.now();
    const { pixels } = drawn;
    const answer = await send({ type: "predict", network: RUN, pixels: [...pixels], frame: false });
    const roundTrip = performance.now() - asked;
    if (answer.type === "prediction") {
      said("");
      if (store.state.drawn?.pixels) store.set({ reading: { reader: RUN, answer, pixels, frame: null, roundTrip } });
    } else if (answer.type === "error") {
      if (store.state.error === answer) store.set({ error: null }); // it is said here
      if (answer.code !== "not_connected") said(answer.message);
    }
  });

  const explain = latestOnly(async () => {
    const { drawn } = store.state;
    if (!drawn?.pixels || store.state.readers[RUN]?.refusal) return;
    const { pixels } = drawn;
    const answer = await send({ type: "explain", network: RUN, pixels: [...pixels] });
    if (answer.type === "explanation" && store.state.drawn?.pixels === pixels) store.set({ explained: { reader: RUN, answer, pixels } });
    if (answer.type === "error" && store.state.error === answer) store.set({ error: null });
  });

  const endings = [
    store.subscribe(["drawn"], () => {
      clearTimeout(timer);
      if (!store.state.drawn?.pixels) return store.set({ reading: null, explained: null });
      store.set({ explained: null });
      timer = setTimeout(() => void explain(undefined), AT_REST);
      return void ask(undefined);
    }),
    store.subscribe(["units"], () => performance.now() - asked > AGAIN_AFTER && void ask(undefined)),
    store.subscribe(["manifest", "connection"], () => performance.now() - asked > AGAIN_AFTER && void ask(undefined)),
  ];
  void ask(undefined);
  return () => {
    clearTimeout(timer);
    for (const end of endings) end();
  };
}

/** Why the run reads nothing; empty: it reads. @param {string} refusal */
function said(refusal) {
  const { readers } = store.state;
  if ((readers[RUN]?.refusal ?? "") === refusal) return;
  store.set({ readers: { ...readers, [RUN]: { opened: null, matrices: null, refusal } }, ...(refusal ? { reading: null, explained: null } : {}) });
}
