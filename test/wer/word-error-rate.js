/**
 * How many words have to be replaced, left out or put in to make the reference of the hypothesis.
 * @typedef {{ words: number, substitutions: number, deletions: number, insertions: number }} WordErrors
 */

/**
 * Counts word errors by the shortest way from one text to the other (Levenshtein). Both texts are normalised already.
 * @param {string} reference
 * @param {string} hypothesis
 * @returns {WordErrors}
 */
export function wordErrors(reference, hypothesis) {
  const wanted = reference.split(/\s+/).filter(Boolean);
  const heard = hypothesis.split(/\s+/).filter(Boolean);
  const width = heard.length + 1;
  // cost[i * width + j]: errors between the first i wanted words and the first j heard ones
  const cost = new Uint32Array((wanted.length + 1) * width);
  const at = (/** @type {number} */ i, /** @type {number} */ j) => cost[i * width + j] ?? 0;
  for (let i = 0; i <= wanted.length; i++)
    for (let j = 0; j < width; j++) {
      if (i === 0 || j === 0) cost[i * width + j] = i + j;
      else {
        const replaced = at(i - 1, j - 1) + (wanted[i - 1] === heard[j - 1] ? 0 : 1);
        cost[i * width + j] = Math.min(replaced, at(i - 1, j) + 1, at(i, j - 1) + 1);
      }
    }
  const errors = { words: wanted.length, substitutions: 0, deletions: 0, insertions: 0 };
  for (let i = wanted.length, j = heard.length; i > 0 || j > 0; ) {
    const same = i > 0 && j > 0 && wanted[i - 1] === heard[j - 1];
    if (i > 0 && j > 0 && at(i, j) === at(i - 1, j - 1) + (same ? 0 : 1)) {
      if (!same) errors.substitutions++;
      i--;
      j--;
    } else if (i > 0 && at(i, j) === at(i - 1, j) + 1) {
      errors.deletions++;
      i--;
    } else {
      errors.insertions++;
      j--;
    }
  }
  return errors;
}

/**
 * Word error rate of many texts together: all errors over all wanted words, 0.05 for 5 %. Infinite where words were
 * invented and none wanted.
 * @param {readonly WordErrors[]} counts
 */
export function wordErrorRate(counts) {
  let errors = 0;
  let words = 0;
  for (const count of counts) {
    errors += count.substitutions + count.deletions + count.insertions;
    words += count.words;
  }
  return errors === 0 ? 0 : errors / words;
}
