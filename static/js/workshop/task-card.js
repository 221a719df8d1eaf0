/** The task on every screen: typed by the host, put there when they leave the field or press Ctrl+Enter. */
import { html } from "lit";
import { send } from "../connection.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

const MOST = 280;

class TaskCard extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["workshop", "connection"];

  /** @override */
  static properties = { draft: { state: true }, refusal: { state: true } };

  constructor() {
    super();
    /** What is typed and on no screen yet; null: nothing. @type {string | null} */
    this.draft = null;
    this.refusal = "";
  }

  /** @override */
  render() {
    const { workshop } = store.state;
    const task = workshop?.task ?? "";
    const changed = this.draft !== null && this.draft.trim() !== task;
    return html`<h2><label for="task-field">${_("Task on every screen")}</label></h2>
      <textarea id="task-field" data-testid="task-field" rows="3" maxlength=${MOST} .value=${this.draft ?? task} ?readonly=${!workshop}
        placeholder=${_("Reach 90 % with as few weights as you can.")}
        @input=${this.#type} @change=${this.#put} @keydown=${this.#key}></textarea>
      <p class="task-state" role="status" data-testid="task-state">${this.refusal || (changed ? _("Not shown yet: Ctrl+Enter, or leave the field.") : task ? _("On every screen.") : "")}</p>`;
  }

  /** @param {Event} event */
  #type = (event) => {
    this.draft = /** @type {HTMLTextAreaElement} */ (event.target).value;
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void this.#put();
  };

  #put = async () => {
    const { draft } = this;
    if (draft === null) return;
    const reply = await send({ type: "set_task", text: draft });
    this.refusal = reply.type === "error" ? reply.message : "";
    // What was typed meanwhile, or refused, stays in the field.
    if (reply.type === "error" || this.draft !== draft) return;
    const { workshop } = store.state;
    if (workshop) store.set({ workshop: { ...workshop, task: draft.trim() } });
    this.draft = null;
  };
}

customElements.define("task-card", TaskCard);
