/** The first weights of somebody's network as a row of small images, in the colours of weights, one scale a member. */
import { bytesOf } from "../reading/readers.js";
import { makeLook } from "../render/look.js";
import { fillByteTable, readPalette, robustLimit } from "../scale.js";

const GAP = 3; // pixels of the images themselves
const table = new Uint32Array(256);

/** What stands on a canvas already. @type {WeakMap<HTMLCanvasElement, { tiles: string, theme: string }>} */
const painted = new WeakMap();

/** @type {{ theme: string, scale: import("../scale.js").Scale } | null} */
let colours = null;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("../protocol").MemberCard} card
 */
export function paintTiles(canvas, card) {
  const tiles = card.tiles ?? "";
  const [count = 0, height = 0, width = 0] = card.tile_shape;
  const { theme = "" } = document.documentElement.dataset;
  if (painted.get(canvas)?.tiles === tiles && painted.get(canvas)?.theme === theme) return;
  const bytes = bytesOf(tiles);
  const context = canvas.getContext("2d");
  if (!context || count === 0 || bytes.length !== count * height * width) return;
  painted.set(canvas, { tiles, theme });
  if (colours?.theme !== theme) colours = { theme, scale: makeLook(readPalette(), 1, "").weights };
  const values = new Int8Array(bytes.buffer);
  fillByteTable(table, colours.scale, robustLimit(values));
  canvas.width = count * width + (count - 1) * GAP;
  canvas.height = height;
  for (let tile = 0; tile < count; tile += 1) {
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < pixels.length; i += 1) pixels[i] = table[(values[tile * pixels.length + i] ?? 0) & 255] ?? 0;
    context.putImageData(image, tile * (width + GAP), 0);
  }
}
