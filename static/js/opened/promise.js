/** Promise and delivery: the change of the loss that the gradient promised, and the one that came, whole and by layer. */
import { html, ref } from "lit";
import { percent } from "../format.js";
import { _ } from "../i18n.js";
import { scrolls } from "../scrolls.js";
import { figure, largest, pull, significant } from "./numbers.js";
import { shown, stat } from "./shown.js";

/** @typedef {import("./walk.js").Walk} Walk */

/** @param {Walk} walk */
export function promise(walk) {
  return shown(walk.asking.read({ about: "promise" }), (answer) => {
    const limit = largest([answer.promised, answer.delivered, ...answer.layers.flatMap((layer) => [layer.promised, layer.delivered])]);
    return html`<dl class="stats">
        ${stat(_("loss before"), figure(answer.loss_before, "plain", "", "loss-before"))}
        ${stat(_("loss after"), figure(answer.loss_after, "plain", _("of the same minibatch"), "loss-after"))}
        ${stat(_("promised"), figure(answer.promised, "gradient", _("gradient · move, summed over all parameters"), "promised"))}
        ${stat(_("delivered"), figure(answer.delivered, "weight", "", "delivered"))}
      </dl>
      <p class="verdict">${sentence(answer)}</p>
      <table class="numbers promise" ${ref(scrolls)} data-testid="promise">
        <thead><tr><th>${_("layer moved alone")}</th><td class="wide"></td><th>${_("promised")}</th><th>${_("delivered")}</th><th>${_("second and higher order")}</th></tr></thead>
        <tbody>
          ${answer.layers.map(
            (layer) => html`<tr><th scope="row">${layer.layer}</th><td class="wide two">${pull(layer.promised, limit, "gradient")}${pull(layer.delivered, limit, "weight")}</td>
              <td>${figure(layer.promised, "gradient", "", "layer-promised")}</td><td>${figure(layer.delivered, "weight", "", "layer-delivered")}</td><td>${figure(layer.remainder)}</td></tr>`,
          )}
          <tr><th scope="row">${_("the layers getting in each other's way, or helping")}</th><td></td><td>–</td><td>${figure(answer.interaction, "weight", "", "interaction")}</td><td></td></tr>
        </tbody>
        <tfoot><tr><th scope="row">${_("all together")}</th><td class="wide two">${pull(answer.promised, limit, "gradient")}${pull(answer.delivered, limit, "weight")}</td>
          <td>${figure(answer.promised, "gradient")}</td><td>${figure(answer.delivered, "weight")}</td><td>${figure(answer.remainder)}</td></tr></tfoot>
      </table>
      <p class="note keys"><span class="key promised"><i></i>${_("promised")}</span><span class="key delivered"><i></i>${_("delivered")}</span></p>
      <p class="so">${_("Promises add up over the layers, deliveries do not. All of this is on the minibatch of the step; on other examples the loss may well rise.")}</p>`;
  });
}

/** @param {import("./answers").Promised} answer */
function sentence({ promised, delivered }) {
  const values = { promised: significant(Math.abs(promised)), delivered: significant(Math.abs(delivered)), share: percent(promised ? delivered / promised : null, 0) };
  if (promised < 0 && delivered < 0) return _("The gradient promised that the loss falls by {promised}; it fell by {delivered}, {share} of the promise.", values);
  if (promised < 0) return _("The gradient promised that the loss falls by {promised}; it rose by {delivered}: the step was too long for the promise.", values);
  return delivered < 0
    ? _("The step went where the loss should rise by {promised}, yet it fell by {delivered}.", values)
    : _("The step went where the loss should rise by {promised}, and it rose by {delivered}: memory or a penalty had the last word.", values);
}
