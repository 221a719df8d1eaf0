/**
 * Images made smaller or larger without stairs, as `engine/data/resampling.py` does: made smaller, each new pixel is the
 * mean of those it covers; made larger, it is between the two whose middles it lies between.
 *
 * @typedef {object} Image
 * @property {number} width
 * @property {number} height
 * @property {Float64Array} values  row by row
 *
 * @typedef {object} Shares  of the old pixels in each new one
 * @property {Int32Array} first  the first old pixel of each
 * @property {Float64Array[]} weights  from that one on; they add up to 1
 */

/**
 * @param {number} width
 * @param {number} height
 * @returns {Image}
 */
export function blank(width, height) {
  return { width, height, values: new Float64Array(width * height) };
}

/**
 * @param {Image} image
 * @param {number} width
 * @param {number} height
 * @returns {Image}
 */
export function resampled(image, width, height) {
  const wide = image.width === width ? image : acrossRows(image, width);
  return wide.height === height ? wide : downColumns(wide, height);
}

/**
 * @param {Image} image
 * @param {number} width
 */
function acrossRows(image, width) {
  const { first, weights } = shares(image.width, width);
  const result = blank(width, image.height);
  for (let row = 0; row < image.height; row += 1) {
    const start = row * image.width;
    for (let column = 0; column < width; column += 1) {
      const each = /** @type {Float64Array} */ (weights[column]);
      const from = start + (first[column] ?? 0);
      let sum = 0;
      for (let i = 0; i < each.length; i += 1) sum += (each[i] ?? 0) * (image.values[from + i] ?? 0);
      result.values[row * width + column] = sum;
    }
  }
  return result;
}

/**
 * @param {Image} image
 * @param {number} height
 */
function downColumns(image, height) {
  const { first, weights } = shares(image.height, height);
  const { width } = image;
  const result = blank(width, height);
  for (let row = 0; row < height; row += 1) {
    const each = /** @type {Float64Array} */ (weights[row]);
    const to = row * width;
    for (let i = 0; i < each.length; i += 1) {
      const weight = (each[i] ?? 0);
      const from = ((first[row] ?? 0) + i) * width;
      for (let column = 0; column < width; column += 1) {
        result.values[to + column] = (result.values[to + column] ?? 0) + weight * (image.values[from + column] ?? 0);
      }
    }
  }
  return result;
}

/**
 * @param {number} count  old pixels
 * @param {number} size  new ones
 * @returns {Shares}
 */
function shares(count, size) {
  const first = new Int32Array(size);
  const weights = [];
  for (let position = 0; position < size; position += 1) {
    const [start, each] = size <= count ? covered(count, size, position) : between(count, size, position);
    first[position] = start;
    weights.push(each);
  }
  return { first, weights };
}

/**
 * @param {number} count
 * @param {number} size
 * @param {number} position
 * @returns {[number, Float64Array]}
 */
function covered(count, size, position) {
  const ratio = count / size;
  const start = position * ratio;
  const stop = start + ratio;
  const first = Math.floor(start);
  const each = new Float64Array(Math.min(count, Math.ceil(stop)) - first);
  for (let i = 0; i < each.length; i += 1) {
    each[i] = Math.max(0, Math.min(stop, first + i + 1) - Math.max(start, first + i)) / ratio;
  }
  return [first, each];
}

/**
 * @param {number} count
 * @param {number} size
 * @param {number} position
 * @returns {[number, Float64Array]}
 */
function between(count, size, position) {
  const middle = Math.min(Math.max(((position + 0.5) * count) / size - 0.5, 0), count - 1);
  const before = Math.min(Math.floor(middle), Math.max(count - 2, 0));
  const part = middle - before;
  return [before, count === 1 ? Float64Array.of(1) : Float64Array.of(1 - part, part)];
}
