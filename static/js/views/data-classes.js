/** The classes of the run's data: the mean training image of each, and how many there are to train and to test with. */
import { html, nothing } from "lit";
import { send } from "../connection.js";
import { drawDigit, readImages } from "../digits.js";
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { Panel } from "../panel.js";
import { store } from "../store.js";

class DataClasses extends Panel {
  /** @override @type {typeof Panel.watches} */
  static watches = ["manifest", "theme", "connection"];

  /** @override */
  static properties = { described: { state: true } };

  #asked = "";

  constructor() {
    super();
    /** @type {import("../protocol").DataDescribed | null} */
    this.described = null;
  }

  /** @override */
  render() {
    const { manifest } = store.state;
    const { described } = this;
    if (!manifest || manifest.classes.length === 0 || described?.dataset !== manifest.dataset) return nothing;
    const most = Math.max(1, ...described.train_counts);
    return html`<section class="data-classes" data-testid="data-classes" aria-label=${_("Classes")}>
      <h3>${described.means ? _("The mean image of each class, and how many there are") : _("How many there are of each class")}</h3>
      <ol>
        ${manifest.classes.map((label, position) => {
          const train = described.train_counts[position] ?? 0;
          const test = described.test_counts[position] ?? 0;
          const words = _("{label}: {train} to train with, {test} held out", { label, train: integer(train), test: integer(test) });
          return html`<li title=${words} aria-label=${words}>
            ${described.means ? html`<canvas aria-hidden="true" data-position=${position}></canvas>` : nothing}
            <b>${label}</b>
            <svg class="count" aria-hidden="true"><rect width="100%" height=${`${(100 * train) / most}%`} y=${`${100 - (100 * train) / most}%`}></rect></svg>
            <span>${integer(train)}</span>
          </li>`;
        })}
      </ol>
    </section>`;
  }

  /** @override */
  updated() {
    const { manifest, connection, theme } = store.state;
    if (!manifest) return;
    if (connection.phase === "live" && this.#asked !== manifest.dataset + String(manifest.id)) {
      this.#asked = manifest.dataset + String(manifest.id);
      void this.#ask();
    }
    const { described } = this;
    if (!described?.means || !manifest.image_shape) return;
    const [height = 1, width = 1] = manifest.image_shape;
    const images = readImages(described.means, described.train_counts.length, height * width);
    for (const canvas of this.querySelectorAll("canvas")) {
      const image = images[Number(canvas.dataset.position)];
      if (image) drawDigit(canvas, image, manifest.image_shape, theme);
    }
  }

  async #ask() {
    const reply = await send({ type: "describe_data" });
    if (reply.type === "data") this.described = reply;
  }
}

customElements.define("data-classes", DataClasses);
