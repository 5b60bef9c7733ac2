import { bitLength, type VorbisBits } from "./bits.js";
import type { Codebook } from "./codebook.js";
import type { Floor } from "./setup.js";

const RANGES = [256, 128, 86, 64];
/** Amplitudes by step: 35/64 dB each, the last one is 1. */
const AMPLITUDES = Float32Array.from({ length: 256 }, (_, i) => 10 ** (((i - 255) * 35) / 64 / 20));

/** Reads a channel's curve and writes it to `curve`; false where the channel is silent in this block. */
export function decodeFloor(
  bits: VorbisBits,
  floor: Floor,
  codebooks: readonly Codebook[],
  curve: Float32Array,
): boolean {
  const range = RANGES[floor.multiplier - 1]!;
  const heights = readHeights(bits, floor, codebooks, bitLength(range - 1));
  if (heights === null) return false;
  const isUsed = unpredict(heights, floor, range);
  let x = 0;
  let y = heights[0]! * floor.multiplier;
  for (const point of floor.order) {
    if (point === 0 || !isUsed[point]) continue;
    const nextX = floor.places[point]!;
    const nextY = heights[point]! * floor.multiplier;
    drawLine(curve, x, y, nextX, nextY);
    x = nextX;
    y = nextY;
  }
  drawLine(curve, x, y, curve.length, y);
  return true;
}

/** Coded heights of the points; null for a silent channel, and at the packet's end. */
function readHeights(
  bits: VorbisBits,
  { partitionClasses, classes }: Floor,
  codebooks: readonly Codebook[],
  endBits: number,
): number[] | null {
  if (!bits.flag()) return null;
  const heights = [bits.uint(endBits), bits.uint(endBits)];
  for (const index of partitionClasses) {
    const { dimensions, subclassBits, masterBook, books } = classes[index]!;
    let subclasses = subclassBits === 0 ? 0 : codebooks[masterBook]!.decode(bits);
    for (let i = 0; i < dimensions; i++) {
      const book = books[subclasses & ((1 << subclassBits) - 1)]!;
      subclasses >>= subclassBits;
      const height = book < 0 ? 0 : codebooks[book]!.decode(bits);
      if (height < 0) return null;
      heights.push(height);
    }
  }
  return bits.isPastEnd ? null : heights;
}

/** Turns differences from what the neighbours predict into heights. Says which points the curve goes through. */
function unpredict(heights: number[], { places, neighbours }: Floor, range: number): boolean[] {
  const isUsed = [true, true];
  for (let i = 2; i < heights.length; i++) {
    const { low, high } = neighbours[i]!;
    const predicted = pointOn(places[low]!, heights[low]!, places[high]!, heights[high]!, places[i]!);
    const value = heights[i]!;
    const below = predicted;
    const above = range - predicted;
    isUsed[i] = value !== 0;
    if (value === 0) heights[i] = predicted;
    else {
      isUsed[low] = true;
      isUsed[high] = true;
      if (value >= 2 * Math.min(above, below)) {
        heights[i] = above > below ? value - below + predicted : predicted - value + above - 1;
      } else heights[i] = value & 1 ? predicted - (value + 1) / 2 : predicted + value / 2;
    }
  }
  return isUsed;
}

function pointOn(x0: number, y0: number, x1: number, y1: number, x: number): number {
  const offset = Math.floor((Math.abs(y1 - y0) * (x - x0)) / (x1 - x0));
  return y1 < y0 ? y0 - offset : y0 + offset;
}

/** A line of whole steps, as Vorbis I, 9.2.7 draws it. */
function drawLine(curve: Float32Array, x0: number, y0: number, x1: number, y1: number): void {
  const width = x1 - x0;
  const base = Math.trunc((y1 - y0) / width);
  const step = y1 < y0 ? base - 1 : base + 1;
  const rest = Math.abs(y1 - y0) - Math.abs(base) * width;
  const end = Math.min(x1, curve.length);
  for (let x = x0, y = y0, error = 0; x < end; x++) {
    curve[x] = AMPLITUDES[Math.max(0, Math.min(255, y))]!;
    error += rest;
    if (error >= width) {
      error -= width;
      y += step;
    } else y += base;
  }
}
