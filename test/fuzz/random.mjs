/**
 * Random numbers that depend only on their seeds, so that every input can be made again.
 * @param {...number} parts
 */
export function randomFrom(...parts) {
  let state = 0x9e3779b9;
  for (const part of parts) state = mix(state ^ (part >>> 0));
  /** A whole number from 0 to `below` - 1. */
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mix(state) % Math.max(1, below);
  };
}

/** @param {number} value */
function mix(value) {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
