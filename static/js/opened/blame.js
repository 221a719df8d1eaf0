/** The strongest paths from the loss to one input, with their factors, and what all the others add up to. */
import { html, ref } from "lit";
import { integer, percent } from "../format.js";
import { _ } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { addressed, addressText, bar, figure, kindOf } from "./numbers.js";
import { clickedAt, greyImage } from "./thumbnails.js";
import { shown, stat } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */

/** @param {Walk} walk */
export function blame(walk) {
  const reading = walk.asking.read({ about: "blame", input: walk.blamed, example: walk.example });
  const pixels = walk.images[walk.example];
  const { tail, imageShape: shape } = walk;
  const onImage = tail.isData && shape && pixels;
  return html`<div class="beside">
    <div class="aim">
      ${onImage
        ? html`<div class="frame" @click=${(/** @type {MouseEvent} */ event) => {
              const at = clickedAt(event, shape);
              if (at !== null) walk.set({ input: at });
            }}>${greyImage(pixels, shape, "matrix", walk.blamed)}</div>`
        : ""}
      <label class="field">${tail.isData ? _("input") : _("input of the dense layers")}
        <input type="number" min="0" max=${Math.max(0, tail.inputs - 1)} .value=${String(walk.blamed)} data-testid="blamed"
          @change=${(/** @type {Event} */ event) => walk.set({ input: Number(/** @type {HTMLInputElement} */ (event.target).value) })} /></label>
      <p class="note">${onImage ? _("Click a pixel to see its paths.") : ""}</p>
    </div>
    <div class="grow">${shown(reading, (answer) => found(answer))}</div>
  </div>`;
}

/** @param {import("./answers").Blame} answer */
function found({ to, layers, paths, total, remainder, share, count, open_count: open }) {
  return html`<dl class="stats">
      ${stat(_("dL/d of this input"), figure(total, "gradient", _("the sum of all paths"), "blame-total"))}
      ${stat(_("paths in all"), integer(count), _("{open} open: no gate closed on them", { open: integer(open) }))}
      ${stat(_("share of those shown"), percent(share, 0), _("of the size of all paths"))}
    </dl>
    <ol class="paths" data-testid="paths">
      ${paths.map(
        (path) => html`<li>
          <p class="way">${_("loss")} ${path.units.map((unit, at) => html`<i aria-hidden="true">→</i> <b>${layers[at]}</b> ${unit} `)} <i aria-hidden="true">→</i> <b>${to.address}</b> ${to.index.join(", ")}</p>
          <p class="share">${percent(path.share, 1)}</p>
          <p class="product">${path.factors.map(
            (factor, at) => html`${at ? html`<i>·</i>` : ""}<span class="factor">${addressed(factor, kindOf(factor.address))}<small>${symbolOf(factor.address)}</small></span>`,
          )}</p>
          <p class="result">= ${figure(path.value, "gradient", "", "path")}</p>
          ${bar(path.share, path.value < 0 ? "gradient-negative" : "gradient-positive")}
        </li>`,
      )}
    </ol>
    <table class="numbers sum" ${ref(scrolls)}><tbody>
      <tr><th scope="row">${_("the {count} paths shown", { count: integer(paths.length) })}</th><td>${figure(total - remainder, "gradient")}</td></tr>
      <tr><th scope="row">${_("all {count} others", { count: integer(count - paths.length) })}</th><td>${figure(remainder, "gradient", "", "blame-remainder")}</td></tr>
    </tbody><tfoot><tr><th scope="row">dL/d${addressText(to.address, to.index)}</th><td>${figure(total, "gradient")}</td></tr></tfoot></table>
    <p class="so">${_("Backward never walks these paths one by one: it adds up at every unit first, so it needs one product of matrices a layer.")}</p>`;
}

/** @param {string} address */
function symbolOf(address) {
  const quantity = address.split(".").at(-1) ?? "";
  return quantity === "slope" ? "f′" : quantity.replace("dL_dz", "dL/dz");
}
