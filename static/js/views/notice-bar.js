/** One sentence and what can be done about it, when something is not as usual. */
import { html } from "lit";
import { problemOf } from "../configuration/fitting.js";
import { displayName } from "../configuration/names.js";
import { networkWords } from "../configuration/summary.js";
import { send } from "../connection.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";
import { isOut } from "../workshop/out.js";
import { steers } from "../workshop/steering.js";

/**
 * @typedef {object} Message
 * @property {"quiet" | "warning" | "wrong"} tone
 * @property {string} text
 * @property {{ name: string, testid: string, act: () => unknown }[]} [actions]
 * @property {() => void} [dismiss]
 */

class NoticeBar extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["connection", "run", "notice", "offer", "error", "seat"];

  /** @override */
  render() {
    const messages = [connectionMessage(), runMessage(), offerMessage(), noticeMessage(), refusalMessage()];
    return html`<div data-testid="notice" role="status">
      ${messages.map((message) => (message ? strip(message) : ""))}
    </div>`;
  }
}

/** @param {Message} message */
function strip({ tone, text, actions, dismiss }) {
  return html`<div class="notice ${tone}">
    <p>${text}</p>
    ${actions?.map(({ name, testid, act }) => html`<button data-testid=${testid} @click=${act}>${name}</button>`)}
    ${dismiss
      ? html`<button class="quiet icon" aria-label=${_("Dismiss")} @click=${dismiss}>
          <svg aria-hidden="true"><use href="#symbol-close"></use></svg>
        </button>`
      : ""}
  </div>`;
}

/** @returns {Message | null} */
function connectionMessage() {
  const { connection, notice } = store.state;
  const reload = { name: _("Reload"), testid: "reload", act: () => location.reload() };
  if (connection.phase === "lost") {
    return { tone: "warning", text: _("Connection lost, trying again… What you see is what came last.") };
  }
  if (connection.phase !== "closed" || isOut()) return null;
  switch (notice?.code) {
    case "outdated":
      return { tone: "warning", text: _("The server is newer than this page."), actions: [reload] };
    case "full":
      return { tone: "warning", text: _("This room is full. Try again in a while."), actions: [reload] };
    default:
      return { tone: "warning", text: _("The server closed the connection and does not want it back."), actions: [reload] };
  }
}

/** @returns {Message | null} */
function runMessage() {
  const { run } = store.state;
  const reset = { name: _("Reset"), testid: "notice-reset", act: () => send({ type: "reset" }) };
  switch (run?.status) {
    case "diverged": {
      const rate = Number((run.spec.optimizer.learning_rate / 2).toPrecision(6));
      const halve = {
        name: _("Halve the learning rate and start again"),
        testid: "halve-and-reset",
        act: async () => {
          const reply = await send({ type: "set", values: { learning_rate: rate } });
          if (reply.type === "error") return;
          await send({ type: "reset" });
          await send({ type: "play" });
        },
      };
      const { tensor = "", step = run.step } = run.divergence ?? {};
      return {
        tone: "wrong",
        text: _("Training diverged after step {step}: {tensor} was the first tensor with a number that is not finite.", {
          step: integer(step),
          tensor,
        }),
        actions: steers() ? [halve, reset] : [],
      };
    }
    case "finished":
      return { tone: "quiet", text: _("The run has made all of its {step} steps.", { step: integer(run.step) }), actions: steers() ? [reset] : [] };
    case "failed":
      return { tone: "wrong", text: _("The run failed on the server; its log says why."), actions: steers() ? [reset] : [] };
    default:
      return null;
  }
}

/** @returns {Message | null} */
function offerMessage() {
  const { offer, limits, connection } = store.state;
  const problem = offer && limits && problemOf(limits, offer.dataset);
  if (!problem || connection.phase !== "live") return null;
  const forget = () => store.set({ offer: null });
  const take = async () => {
    const reply = await send({ type: "configure", spec: offer });
    if (reply.type !== "error") forget();
  };
  return {
    tone: "quiet",
    text: _("This link holds another set-up: {data}, {network}, {optimizer}, learning rate {rate}, seed {seed}.", {
      data: displayName(offer.dataset.name),
      network: networkWords(offer, problem, "-"),
      optimizer: displayName(offer.optimizer.name),
      rate: offer.optimizer.learning_rate,
      seed: offer.seed,
    }),
    actions: [{ name: _("Start a new run with it"), testid: "take-offer", act: take }],
    dismiss: forget,
  };
}

/** @returns {Message | null} */
function noticeMessage() {
  const { notice, connection } = store.state;
  if (!notice || connection.phase === "closed") return null;
  const text = noticeText(notice);
  return text ? { tone: "warning", text, dismiss: () => store.set({ notice: null }) } : null;
}

/** @param {import("../store.js").Notice} notice */
function noticeText({ code, names = [] }) {
  switch (code) {
    case "link_unread":
      return _("Parts of this link cannot be read and were left out: {names}.", { names: names.join(", ") });
    case "worker_restarted":
      return _("The process that trained had to be started again; the run goes on from its last checkpoint.");
    case "worker_lost":
      return _("The process that trained was lost; it is being started again…");
    case "checkpoint_failed":
      return _("The run could not be saved. It goes on, but a restart of the server would lose it.");
    case "checkpoint_works":
      return _("The run can be saved again.");
    case "step_lost":
      return _("The step that was open for all is gone with the server’s restart; it can be opened again.");
    case "draining":
      return _("The server is about to restart. This page will come back by itself.");
    default:
      return "";
  }
}

/** What was refused and has no field to stand beside: an offer of a link has none. @returns {Message | null} */
function refusalMessage() {
  const { error, offer } = store.state;
  if (!error || (error.where && !offer) || error.code === "not_connected" || store.state.connection.phase !== "live") return null;
  return { tone: "warning", text: error.message, dismiss: () => store.set({ error: null }) };
}

customElements.define("notice-bar", NoticeBar);
