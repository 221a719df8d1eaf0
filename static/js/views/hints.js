/**
 * Where to look next: hints, each with the measured condition under which it is true.
 *
 * A hint returns its words, or null where what it says does not hold. They are asked in order of weight: what needs a
 * hand comes before what is worth a look.
 *
 * @typedef {import("../store.js").State} State
 * @typedef {import("../store.js").Lens} Lens
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("../protocol").RunState} RunState
 * @typedef {import("../frame.js").DecodedFrame} DecodedFrame
 *
 * @typedef {object} Measured
 * @property {Manifest} manifest
 * @property {RunState} run
 * @property {DecodedFrame} units
 * @property {(layer: number, statistic: string) => number} read  NaN: not computed yet
 * @property {readonly import("../protocol").Finding[]} findings  what the server finds wrong
 *
 * @typedef {object} Hint
 * @property {string} name
 * @property {readonly Lens[]} lenses
 * @property {"gradient" | "weight" | "warning" | "plain"} kind
 * @property {(measured: Measured) => { title: string, body: string } | null} say
 */
import { integer, number, percent, scientific } from "../format.js";
import { _, ngettext } from "../i18n.js";
import { firstWeighted, hasWeightTiles } from "../layout/kinds.js";
import { FINDINGS } from "./finding-words.js";
import { areDigits, distinctName, outputName } from "./layer-names.js";

/** @type {readonly Lens[]} */
const ALL = ["activations", "gradients", "weights", "updates"];

/** @type {readonly Hint[]} */
export const HINTS = [
  {
    name: "untrained",
    lenses: ALL,
    kind: "plain",
    say({ units, manifest }) {
      if (units.frame.step > 0) return null;
      if (manifest.task === "regression") {
        return { title: _("Nothing is learned yet"), body: _("What it says follows from its random weights alone. Take one step and see which of them move.") };
      }
      const chance = percent(1 / manifest.classes.length, 0);
      if (!areDigits(manifest)) {
        return {
          title: _("Nothing is learned yet"),
          body: _("A guess among {count} classes that are equally frequent is right {chance} of the time. Take one step and see which weights move.", {
            count: manifest.classes.length,
            chance,
          }),
        };
      }
      return {
        title: _("Nothing is learned yet"),
        body: _("A guess among {count} digits is right {chance} of the time. Take one step and see which weights move.", {
          count: manifest.classes.length,
          chance,
        }),
      };
    },
  },
  ...FINDINGS.map(
    /** @returns {Hint} */ ({ kind, say }) => ({
      name: kind,
      lenses: ALL,
      kind: "warning",
      say({ manifest, findings }) {
        for (const finding of findings) {
          const layer = manifest.layers.findIndex((info) => info.name === finding.layer);
          const words = finding.kind === kind && layer >= 0 ? say(finding, name(manifest, layer)) : null;
          if (words) return words;
        }
        return null;
      },
    }),
  ),
  {
    name: "digits-in-gradient",
    lenses: ["gradients"],
    kind: "gradient",
    say({ manifest, run, read }) {
      if (!areDigits(manifest) || !hasWeightTiles(manifest) || !(read(0, "dL_dW_rms") > 0)) return null;
      const count = run.spec.batch_size;
      return {
        title: _("The gradient looks like digits"),
        body: ngettext(
          "In layer 1, dL/dW is each pixel times the unit’s dL/dz, averaged over {count} digit. Each tile is made of what that digit looks like.",
          "In layer 1, dL/dW is each pixel times the unit’s dL/dz, averaged over {count} digits. Each tile is their weighted sum.",
          count,
          { count },
        ),
      };
    },
  },
  {
    name: "shared-kernels",
    lenses: ["gradients"],
    kind: "gradient",
    say({ manifest, read }) {
      const index = manifest.layers.findIndex((layer) => layer.kind === "conv");
      const layer = manifest.layers[index];
      if (!layer || !(read(index, "dL_dW_rms") > 0)) return null;
      const [, rows = 1, columns = 1] = layer.shape;
      return {
        title: _("One kernel, many votes"),
        body: _("A channel of {layer} uses the same kernel at {count} places. The dL/dz of all of them, which its tile shows, add up to one dL/dW.", {
          layer: name(manifest, index),
          count: integer(rows * columns),
        }),
      };
    },
  },
  {
    name: "kernels-look",
    lenses: ["activations"],
    kind: "weight",
    say({ manifest }) {
      const index = manifest.layers.findIndex((layer) => layer.kind === "conv");
      const layer = manifest.layers[index];
      if (!layer) return null;
      const [channels = 1, rows = 1, columns = 1] = layer.shape;
      return {
        title: _("Where, not only whether"),
        body: _("{layer} has {channels} maps of {rows} × {columns}: each says where in the image its kernel finds what it looks for. Point into one for its numbers.", {
          layer: name(manifest, index),
          channels,
          rows,
          columns,
        }),
      };
    },
  },
  {
    name: "plane-built",
    lenses: ["activations", "weights"],
    kind: "weight",
    say({ manifest }) {
      if (!manifest.plane) return null;
      return {
        title: _("Simple pieces, added up"),
        body: _("A tile shows what a unit answers to every point. Each is built from those to its left, weighted by the edges; the last picture is what the network says."),
      };
    },
  },
  {
    name: "error-drives",
    lenses: ["gradients"],
    kind: "gradient",
    say({ manifest, run, units }) {
      const { example } = units.frame;
      const said = units.tensors.get("probs")?.values[0];
      if (manifest.task !== "regression" || run.spec.loss.name !== "mean_squared_error" || !example || said === undefined) return null;
      const error = said - (example.targets[0] ?? NaN);
      return {
        title: _("The error is the signal"),
        body: _("With the squared error, dL/dŷ grows with ŷ − y. For the marked example that is {error}: the further off, the stronger the pull.", { error: number(error) }),
      };
    },
  },
  {
    name: "true-class",
    lenses: ["gradients"],
    kind: "gradient",
    say({ units, manifest, run }) {
      const example = units.frame.example;
      const probability = units.tensors.get("probs")?.values[example?.label ?? -1];
      const simple = manifest.layers.at(-1)?.activation === "softmax" && !run.spec.loss.label_smoothing;
      if (!example || example.label === null || probability === undefined || !simple) return null;
      return {
        title: _("At the output, blame is simple"),
        body: _("dL/dz is p − 1 for the true class and p for the others. Here p({label}) is {p}, so its dL/dz is {gradient}.", {
          label: outputName(manifest, example.label),
          p: number(probability),
          gradient: number(probability - 1),
        }),
      };
    },
  },
  {
    name: "loudest",
    lenses: ["activations"],
    kind: "weight",
    say({ manifest, units }) {
      const layer = manifest.layers[0];
      const example = units.frame.example;
      const tensor = layer && units.tensors.get(`${layer.name}.a`);
      if (!layer || !example || example.label === null || !tensor || manifest.layers.length < 2 || !hasWeightTiles(manifest)) return null;
      let best = 0;
      tensor.values.forEach((value, i) => {
        if (value > (tensor.values[best] ?? 0)) best = i;
      });
      const value = (tensor.values[best] ?? 0) * tensor.scale;
      if (!(value > 0)) return null;
      return {
        title: _("Unit {unit} speaks loudest", { unit: layer.shown[best] ?? best }),
        body: _("Of the first layer it answers this {label} most strongly, a = {value}. Its tile shows what it looks for: hover it, or press it to keep it.", {
          label: outputName(manifest, example.label),
          value: number(value),
        }),
      };
    },
  },
  {
    name: "rim",
    lenses: ["weights"],
    kind: "weight",
    say({ manifest, run, units }) {
      if (!areDigits(manifest) || !hasWeightTiles(manifest) || units.frame.step < 1) return null;
      return {
        title: _("The rim stays as it began"),
        body:
          run.spec.optimizer.weight_decay > 0
            ? _("The corners of every MNIST digit are black: x is 0 there, so dL/dW is 0 and only weight decay moves those weights.")
            : _("The corners of every MNIST digit are black: x is 0 there, so dL/dW is 0 and those weights keep their first values."),
      };
    },
  },
  {
    name: "largest-weights",
    lenses: ["weights"],
    kind: "weight",
    say({ manifest, read }) {
      if (manifest.layers.length < 2) return null;
      const layer = worst(manifest, (index) => read(index, "W_rms"));
      const early = firstWeighted(manifest);
      const inputs = manifest.layers[layer]?.inputs ?? Infinity;
      const firstInputs = manifest.layers[early]?.inputs ?? 0;
      if (inputs >= firstInputs) return null;
      return {
        title: _("{layer} has the largest weights", { layer: name(manifest, layer) }),
        body: _("Their RMS is {value}, in the first layer it is {first}: its units sum up {few} inputs each, those of the first layer {many}.", {
          value: number(read(layer, "W_rms")),
          first: number(read(early, "W_rms")),
          few: integer(inputs),
          many: integer(firstInputs),
        }),
      };
    },
  },
  {
    name: "update-ratio",
    lenses: ["updates"],
    kind: "weight",
    say({ manifest, read }) {
      const layer = worst(manifest, (index) => read(index, "update_rms") / read(index, "W_rms"));
      const ratio = read(layer, "update_rms") / read(layer, "W_rms");
      if (!Number.isFinite(ratio)) return null;
      const values = { layer: name(manifest, layer), ratio: scientific(ratio) };
      const body = _("In {layer} the last update was {ratio} of the weights (RMS of ΔW ÷ RMS of W), the most of all layers.", values);
      if (ratio > 0.02) return { title: _("These steps are large"), body: `${body} ${_("Around 10⁻³ is usual.")}` };
      if (ratio < 2e-5) return { title: _("These steps are tiny"), body: `${body} ${_("Around 10⁻³ is usual.")}` };
      return { title: _("How far one step goes"), body: `${body} ${_("Around 10⁻³ is usual.")}` };
    },
  },
];

/** @param {Readonly<State>} state @returns {Measured | null} */
export function measure({ manifest, run, units, findings }) {
  if (!manifest || !run || units?.frame.manifest !== manifest.id) return null;
  const statistics = units.tensors.get("statistics")?.values;
  const columns = manifest.statistics;
  return {
    manifest,
    run,
    units,
    findings,
    read: (layer, statistic) => statistics?.[layer * columns.length + columns.indexOf(statistic)] ?? NaN,
  };
}

/** The layer where something measured is largest. @param {Manifest} manifest @param {(index: number) => number} of */
function worst(manifest, of) {
  let found = 0;
  manifest.layers.forEach((_layer, index) => {
    if (of(index) > (of(found) || -Infinity)) found = index;
  });
  return found;
}

/** @param {Manifest} manifest @param {number} index */
function name(manifest, index) {
  const layer = manifest.layers[index];
  return layer ? distinctName(layer, manifest.layers) : "";
}
