/** Having the wall sent only to pages that show it. */
import { send } from "../connection.js";
import { store } from "../store.js";

/** Has the wall's drawings sent while the page wants them, also after a lost link; the result ends it. */
export function lookAtWall() {
  let asked = false;
  const ask = () => {
    const live = store.state.connection.phase === "live" && store.state.workshop !== null;
    if (live && !asked) void send({ type: "look_at_wall", looking: true });
    asked = live;
  };
  const end = store.subscribe(["connection", "workshop"], ask);
  ask();
  return () => {
    end();
    if (asked) void send({ type: "look_at_wall", looking: false });
    store.set({ wall: null });
  };
}
