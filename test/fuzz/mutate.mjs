// Changes to bytes and to JSON, one function per kind: those that happen to files, and those that parsers handle wrongly.

import { fileOf, partsOf } from "./structure.mjs";

/** @typedef {(below: number) => number} Random */

const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** @type {((bytes: Buffer, random: Random, other: Buffer) => Buffer)[]} */
const byteChanges = [
  (bytes, random) => {
    const at = random(bytes.length);
    bytes[at] = /** @type {number} */ (bytes[at]) ^ (1 << random(8));
    return bytes;
  },
  (bytes, random) => {
    bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  // header fields are mostly among the first bytes
  (bytes, random) => {
    bytes[random(Math.min(bytes.length, 128))] = random(256);
    return bytes;
  },
  (bytes, random) => {
    const size = [1, 2, 4][random(3)] ?? 4;
    if (bytes.length < size) return bytes;
    const value = (extremes[random(extremes.length)] ?? 0) % 2 ** (8 * size);
    const at = random(bytes.length - size + 1);
    if (random(2)) bytes.writeUIntLE(value, at, size);
    else bytes.writeUIntBE(value, at, size);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random(Math.min(bytes.length, 64))),
  (bytes, random) => {
    const from = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random(256))]);
  },
  (bytes, random) => {
    const [from, at] = [random(bytes.length), random(bytes.length)];
    const part = bytes.subarray(from, from + random(512));
    return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = random(bytes.length);
    bytes.subarray(at, at + random(256)).fill(random(2) ? 0 : 0xff);
    return bytes;
  },
  (bytes, random) => {
    const at = random(bytes.length);
    const noise = Buffer.from(Array.from({ length: random(64) }, () => random(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  (bytes, random, other) => Buffer.concat([bytes.subarray(0, random(bytes.length)), other]),
  (bytes, _, other) => Buffer.concat([bytes, other]),
];

/** @type {((bytes: Buffer, random: Random, other: Buffer) => Buffer)[]} */
const fieldChanges = byteChanges.slice(0, 4);

/**
 * A few changes, one after the other. `other`: another file to join with.
 * @param {Buffer} seed
 * @param {Random} random
 * @param {Buffer} other
 */
export function mutateBytes(seed, random, other) {
  let bytes = Buffer.from(seed);
  for (let n = 1 + random(4); n > 0 && bytes.length > 0; n--)
    bytes = Buffer.from(byteChanges[random(byteChanges.length)]?.(bytes, random, other) ?? bytes);
  return bytes;
}

/**
 * Parts of a file changed, left out, doubled or moved, with sizes and checksums that fit.
 * @param {Buffer} seed
 * @param {Random} random
 * @param {Buffer} other
 */
export function mutateParts(seed, random, other) {
  const parts = partsOf(seed);
  if (parts === null) return mutateBytes(seed, random, other);
  for (let n = 1 + random(4); n > 0; n--) {
    const places = placesOf(parts);
    const [siblings, index] = places[random(places.length)] ?? [parts, 0];
    const part = siblings[index];
    if (part === undefined) break;
    const kind = random(12);
    if (kind === 0) siblings.splice(index, 1);
    else if (kind === 1) siblings.splice(index, 0, part);
    else if (kind === 2) siblings.push(...siblings.splice(index, 1));
    else if (kind === 3)
      siblings.splice(random(siblings.length + 1), 0, ...siblings.splice(index, 1 + random(3)));
    else if (kind === 4) {
      const [otherSiblings, otherIndex] = places[random(places.length)] ?? [parts, 0];
      const from = otherSiblings[otherIndex];
      // in place of another; never inside itself
      if (from?.parts === null) siblings[index] = { ...from };
    } else {
      const changes = kind < 10 ? fieldChanges : byteChanges;
      const bytes = Buffer.from(part.bytes);
      if (bytes.length > 0)
        siblings[index] = {
          ...part,
          bytes: changes[random(changes.length)]?.(bytes, random, other) ?? bytes,
        };
    }
  }
  return fileOf(parts);
}

/**
 * Every part, by the list that it is in and its place there.
 * @param {import("./structure.mjs").Part[]} parts
 * @returns {[import("./structure.mjs").Part[], number][]}
 */
function placesOf(parts) {
  return parts.flatMap((part, index) => [
    /** @type {[import("./structure.mjs").Part[], number]} */ ([parts, index]),
    ...placesOf(part.parts ?? []),
  ]);
}

const factors = [-1, 2, 1e9, 1.5, 0];
const oddValues = [
  ...[null, true, false, 0, -0, -1, 1, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 32, 2 ** 31, 2 ** 64],
  ...["", "0", "constructor", "__proto__", "\u0000", "x".repeat(5000), [], {}, [[]], [null], { a: 1 }],
];

/**
 * A few values of a JSON document replaced, doubled or left out.
 * @param {unknown} seed
 * @param {Random} random
 */
export function mutateJson(seed, random) {
  const root = { document: structuredClone(seed) };
  for (let n = 1 + random(4); n > 0; n--) {
    const places = placesIn(root);
    const [parent, key] = places[random(places.length)] ?? [root, "document"];
    const value = parent[key];
    const kind = random(5);
    if (kind === 0) delete parent[key];
    else if (kind === 1) parent[key] = structuredClone(oddValues[random(oddValues.length)]);
    else if (kind === 2 && typeof value === "number")
      parent[key] = value * (factors[random(factors.length)] ?? 1);
    else if (kind === 3 && Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(value));
    else {
      const [otherParent, otherKey] = places[random(places.length)] ?? [root, "document"];
      parent[key] = structuredClone(otherParent[otherKey]);
    }
  }
  return root.document;
}

/**
 * Every value in a document, by what holds it and under which key.
 * @param {any} holder
 * @returns {[any, string][]}
 */
function placesIn(holder) {
  return Object.keys(holder).flatMap((key) => {
    const value = holder[key];
    const inside = typeof value === "object" && value !== null ? placesIn(value) : [];
    return /** @type {[any, string][]} */ ([[holder, key], ...inside]);
  });
}
