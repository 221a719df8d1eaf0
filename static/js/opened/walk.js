/**
 * One walk through an opened step: which idea one is at, and the weight and the example that run through all of them.
 *
 * @typedef {import("../protocol").Opened} Opened
 * @typedef {import("../protocol").Manifest} Manifest
 * @typedef {import("./thumbnails.js").ImageShape} ImageShape
 *
 * @typedef {import("../protocol").StepPlace} StepPlace
 *
 * @typedef {object} Listeners
 * @property {() => void} changed  what is to be drawn is another
 * @property {() => void} moved  whoever looks chose to go elsewhere
 *
 * @typedef {object} Weight
 * @property {string} address  of a tensor of parameters
 * @property {number[]} index
 */
import { Asking } from "./asking.js";
import { readGrey } from "./thumbnails.js";
import { IDEAS } from "./ideas.js";

export class Walk {
  /** @type {Weight} */
  weight;
  /** Which example of the minibatch. */
  example = 0;
  /** The input that is blamed; null: the one the weight meets. @type {number | null} */
  input = null;
  /** The output whose rope is looked at; null: that of the true class. @type {number | null} */
  rope = null;
  /** @type {"update" | "gradient" | "random"} */
  direction = "update";
  /** Of the parameters that are checked at random; null: only the one weight. @type {number | null} */
  seed = null;
  at = 0;

  /** Whether it can't be asked about any more but for what is known. */
  gone = false;

  #changed;
  #moved;

  /**
   * @param {Opened} opened
   * @param {Manifest} manifest
   * @param {import("../protocol").RunSpec} spec
   * @param {Listeners} listeners
   */
  constructor(opened, manifest, spec, { changed, moved }) {
    this.opened = opened;
    this.manifest = manifest;
    this.spec = spec;
    this.#changed = changed;
    this.#moved = moved;
    this.asking = new Asking(opened.step, changed);
    this.images = opened.images ? readGrey(opened.images, opened.examples.length) : [];
    this.imageShape = manifest.input_shape.length === 3 ? /** @type {ImageShape} */ (manifest.input_shape) : null;
    const losses = opened.examples.map(({ loss }) => loss ?? Infinity);
    this.example = Math.max(0, losses.indexOf(Math.max(...losses)));
    const first = this.dense()[0] ?? opened.parameters[0];
    this.weight = { address: first?.address ?? "", index: (first?.shape ?? []).map(() => 0) };
  }

  get idea() {
    return IDEAS[this.at] ?? IDEAS[0];
  }

  /** Weights of dense layers, from the lowest up. */
  dense() {
    return this.opened.parameters.filter(({ address, shape }) => address.endsWith(".W") && shape.length === 2);
  }

  /** The layer that the weight belongs to. */
  get layer() {
    return this.weight.address.split(".")[0] ?? "";
  }

  /** The inputs that can be blamed: those of the lowest dense layer with only dense ones and dropout above it. */
  get tail() {
    let lowest = "";
    for (const { name, kind } of [...this.manifest.layers].reverse()) {
      if (kind === "dense") lowest = name;
      else if (kind !== "dropout") break;
    }
    const inputs = this.opened.parameters.find(({ address }) => address === `${lowest}.W`)?.shape[1] ?? 0;
    return { inputs, isData: lowest === this.manifest.layers.find(({ kind }) => kind !== "dropout")?.name };
  }

  /** The input to blame. */
  get blamed() {
    const { inputs } = this.tail;
    const met = this.weight.index.length === 2 && this.#meetsTail() ? this.weight.index[1] : undefined;
    return Math.min(this.input ?? met ?? 0, Math.max(0, inputs - 1));
  }

  /** Finds a weight that is worth a look: of the strongest path's unit, the one with the largest gradient. */
  async begin() {
    const first = this.dense()[0];
    const layer = first?.address.split(".")[0];
    if (!first || !layer) return;
    const pixels = this.images[this.example];
    const brightest = pixels && this.tail.isData ? pixels.indexOf(pixels.reduce((most, grey) => Math.max(most, grey), 0)) : 0;
    const blame = await this.asking.answer({ about: "blame", input: brightest, example: this.example });
    const unit = (blame?.layers.at(-1) === layer && blame.paths[0]?.units.at(-1)) || 0;
    const product = await this.asking.answer({ about: "outer_product", layer, unit, example: this.example });
    if (!product) return;
    let best = 0;
    let most = -1;
    product.gradient.forEach((gradient, at) => {
      const size = product.product[at] ? Math.abs(gradient) : 0;
      if (size > most) [best, most] = [at, size];
    });
    this.choose(first.address, [unit, best]);
  }

  /** @param {string} address @param {number[]} index */
  choose(address, index) {
    this.weight = { address, index };
    this.input = null;
    this.#changed();
    this.#moved();
  }

  /** @param {Partial<Pick<Walk, "example" | "input" | "rope" | "direction" | "seed" | "at">>} choice */
  set(choice) {
    if (choice.example !== undefined) this.rope = null;
    Object.assign(this, choice);
    this.#changed();
    this.#moved();
  }

  /** Turns to an idea. @param {import("./ideas.js").IdeaName} name */
  goTo(name) {
    this.set({ at: Math.max(0, IDEAS.findIndex((idea) => idea.name === name)) });
  }

  /** Where one is, for those who are led. @returns {StepPlace} */
  get place() {
    const { address, index } = this.weight;
    const { example, input, rope, direction, seed } = this;
    return { idea: this.idea.name, example, address, index, input, rope, direction, seed };
  }

  /** @param {StepPlace} place */
  isAt(place) {
    return JSON.stringify(Object.entries(this.place).sort()) === JSON.stringify(Object.entries(place).sort());
  }

  /** Goes where somebody else is. @param {StepPlace} place */
  take({ idea, address, index, example, ...rest }) {
    const at = Math.max(0, IDEAS.findIndex(({ name }) => name === idea));
    if (at !== this.at) document.querySelector(".opened .content")?.scrollTo(0, 0);
    const there = this.opened.parameters.some((one) => one.address === address && one.shape.length === index.length);
    if (there) this.weight = { address, index };
    Object.assign(this, rest, { at, example: Math.min(example, Math.max(0, this.opened.examples.length - 1)) });
    this.#changed();
  }

  /** Notes that the run has lost it. */
  lose() {
    this.gone = true;
    this.#changed();
  }

  #meetsTail() {
    return this.opened.parameters.find(({ address }) => address === this.weight.address)?.shape[1] === this.tail.inputs;
  }
}
