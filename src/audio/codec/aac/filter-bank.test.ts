import { expect, it } from "vitest";
import { FilterBank, OverlapState } from "./filter-bank.js";
import { EIGHT_SHORT, IcsInfo, LONG_START, LONG_STOP, ONLY_LONG } from "./ics-info.js";
import { NoiseSource } from "./noise.js";
import { bandsOf } from "./scale-factor-bands.js";
import { type Slopes, slopesOf } from "./windows.js";

/** Small, so that the slow forward transform by its definition is quick. */
const N = 128;
const SHORT = N / 8;

const SEQUENCES = [
  { name: "long", windows: [ONLY_LONG, ONLY_LONG, ONLY_LONG, ONLY_LONG], shapes: [0, 0, 0, 0] },
  {
    name: "with changes of shape",
    windows: [ONLY_LONG, ONLY_LONG, ONLY_LONG, ONLY_LONG],
    shapes: [0, 1, 1, 0],
  },
  {
    name: "short in between",
    windows: [ONLY_LONG, LONG_START, EIGHT_SHORT, LONG_STOP],
    shapes: [1, 1, 1, 1],
  },
  {
    name: "short twice, shapes mixed",
    windows: [LONG_START, EIGHT_SHORT, EIGHT_SHORT, LONG_STOP],
    shapes: [0, 1, 0, 1],
  },
];

it.each(SEQUENCES)("windows $name: overlapping gives back the sound", ({ windows, shapes }) => {
  const source = new NoiseSource(3);
  const sound = Float64Array.from({ length: N * (windows.length + 1) }, () => source.next() / 2 ** 32);
  const bank = new FilterBank(N);
  const state = new OverlapState(N);
  const slopes = slopesOf(N);
  const info = new IcsInfo(bandsOf(44100, 1024));
  windows.forEach((sequence, frame) => {
    info.windowSequence = sequence;
    info.windowShape = shapes[frame]!;
    const before = shapes[frame - 1] ?? 0;
    const spectrum = analyse(
      sound.subarray(frame * N, frame * N + 2 * N),
      sequence,
      info.windowShape,
      before,
      slopes,
    );
    const samples = bank.synthesise(spectrum, info, state);
    if (frame === 0) return;
    samples.forEach((sample, i) => {
      expect(sample).toBeCloseTo(sound[frame * N + i]!, 5);
    });
  });
});

it("a lost frame fades out completely", () => {
  const bank = new FilterBank(N);
  const state = new OverlapState(N);
  const info = new IcsInfo(bandsOf(44100, 1024));
  bank.synthesise(new Float64Array(N).fill(1000), info, state);
  const tail = Float32Array.from(state.tail);
  expect(bank.fadeOut(state)).toEqual(tail);
  expect(bank.fadeOut(state)).toEqual(new Float32Array(N));
});

/** The encoder's side by its definition: 2 N samples, windowed, to N coefficients scaled as the standard scales them. */
function analyse(
  sound: Float64Array,
  sequence: number,
  shape: number,
  before: number,
  slopes: Slopes,
): Float64Array {
  if (sequence !== EIGHT_SHORT) {
    const left = sequence === LONG_STOP ? slopes.short[before]! : slopes.long[before]!;
    const right = sequence === LONG_START ? slopes.short[shape]! : slopes.long[shape]!;
    return forward(sound, N, left, right);
  }
  const spectrum = new Float64Array(N);
  for (let window = 0; window < 8; window++) {
    const at = (N - SHORT) / 2 + window * SHORT;
    const left = slopes.short[window === 0 ? before : shape]!;
    spectrum.set(
      forward(sound.subarray(at, at + 2 * SHORT), SHORT, left, slopes.short[shape]!),
      window * SHORT,
    );
  }
  return spectrum;
}

function forward(sound: Float64Array, size: number, left: Float64Array, right: Float64Array): Float64Array {
  const windowed = sound.map(
    (sample, n) => sample * slopeAt(left, size, n) * slopeAt(right, size, 2 * size - 1 - n),
  );
  return Float64Array.from({ length: size }, (_, k) => {
    let sum = 0;
    windowed.forEach((sample, n) => {
      sum += sample * Math.cos((Math.PI / size) * (n + 0.5 + size / 2) * (k + 0.5));
    });
    return 2 * 32768 * sum;
  });
}

/** A window's factor n samples from its end: nothing, the slope, then 1. */
function slopeAt(slope: Float64Array, size: number, n: number): number {
  const at = n - (size - slope.length) / 2;
  return at < 0 ? 0 : (slope[at] ?? 1);
}
