/** All that the workshop came to as one file for a spreadsheet: who answered what, whose network read how much. */
import { html } from "lit";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { download } from "./download.js";
import { CODE } from "./seat.js";

class TakeHome extends Panel {
  /** @override */
  static properties = { busy: { state: true }, failed: { state: true } };

  constructor() {
    super();
    this.busy = false;
    this.failed = false;
  }

  /** @override */
  render() {
    return html`<button class="quiet" data-testid="take-home" ?disabled=${this.busy} @click=${this.#save}
        title=${_("Who answered what, whose network read how much: a CSV file for a spreadsheet")}>${_("Save all results")}</button>
      ${this.failed ? html`<span class="refusal" role="alert">${_("The results could not be saved. Try again in a moment.")}</span>` : ""}`;
  }

  #save = async () => {
    this.busy = true;
    this.failed = !(await download(`/api/workshops/${CODE}/results.csv`, "results.csv"));
    this.busy = false;
  };
}

customElements.define("take-home", TakeHome);
