// Where an axis is marked, and with how many digits.

// Parts of a power of ten that are round enough, and how many digits each needs beyond those of the power.
const steps = [[1, 0], [2, 0], [2.5, 1], [5, 0], [10, -1]];

/**
 * Round values that divide a range into about so many parts.
 * @param {number} low end of the range
 * @param {number} high the other end, above it
 * @param {number} about how many parts are wanted
 * @returns {{value: number, text: string}[]} in rising order; a text has the digits that the step needs, so that no two are alike
 */
export function ticks(low, high, about) {
  const rough = (high - low) / about;
  const power = Math.floor(Math.log10(rough));
  const [part, more] = steps.find(([candidate]) => candidate * 10 ** power >= rough * 0.999);
  const step = part * 10 ** power;
  const digits = Math.max(0, more - power);
  const all = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    all.push({ value: i * step, text: (i * step).toFixed(digits) });
  return all;
}
