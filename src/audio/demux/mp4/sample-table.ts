import { find, viewOf } from "./boxes.js";

/** Samples that follow each other in the file: one packet of a codec, or many frames of PCM. */
export interface Span {
  readonly offset: number;
  readonly sizeBytes: number;
  /** When it begins and how long it lasts, in the track's own time. */
  readonly ticks: number;
  readonly durationTicks: number;
  /** Which of the track's sound descriptions it has, from 0 on. */
  readonly description: number;
}

/** A track's list of samples: views of the file's index, which nothing is copied from. */
export interface SampleTable {
  /** Where every chunk of samples begins: steady when reading forward is enough. */
  readonly isForward: boolean;
  readonly firstOffset: number | null;
  readonly hasSamples: boolean;
  spans(frameBytes: number): Generator<Span>;
}

/** PCM is cut into spans of about this size. */
const PCM_SPAN_BYTES = 1 << 14;

/**
 * Reads the content of an `stbl` box. Entries that lie after the box's end do not exist, whatever their count says.
 */
export function sampleTable(stbl: Uint8Array): SampleTable {
  const chunks = chunkOffsets(stbl);
  const sizes = sampleSizes(stbl);
  let isForward = true;
  for (let i = 1; i < chunks.n; i++) isForward &&= chunks.at(i) >= chunks.at(i - 1);
  return {
    isForward,
    firstOffset: chunks.n > 0 ? chunks.at(0) : null,
    hasSamples: chunks.n > 0 && sizes.n > 0,
    spans: (frameBytes) => spans(stbl, chunks, sizes, frameBytes),
  };
}

/** `frameBytes`: of one frame of PCM, whose sizes QuickTime's tables don't tell; 0 for other codecs. */
function* spans(stbl: Uint8Array, chunks: Column, sizes: Sizes, frameBytes: number): Generator<Span> {
  const layout = table(stbl, "stsc", 8, 12);
  const clock = new Clock(stbl);
  const isPcm = frameBytes > 0 && sizes.all > 0 && sizes.all <= frameBytes;
  let [sample, entry] = [0, 0];
  for (let chunk = 0; chunk < chunks.n && sample < sizes.n; chunk++) {
    while (entry + 1 < layout.n && layout.at(entry + 1, 0) <= chunk + 1) entry += 1;
    if (layout.n === 0) return;
    const nInChunk = Math.min(layout.at(entry, 4), sizes.n - sample);
    const description = Math.max(0, layout.at(entry, 8) - 1);
    let offset = chunks.at(chunk);
    for (let i = 0; i < nInChunk; ) {
      const n = isPcm ? Math.min(nInChunk - i, Math.ceil(PCM_SPAN_BYTES / frameBytes)) : 1;
      const sizeBytes = isPcm ? n * frameBytes : sizes.at(sample);
      const { ticks, durationTicks } = clock.take(n);
      yield { offset, sizeBytes, ticks, durationTicks, description };
      offset += sizeBytes;
      sample += n;
      i += n;
    }
  }
}

/** Walks `stts`: runs of samples that last equally long. */
class Clock {
  readonly #runs: Rows;
  #run = -1;
  #left = 0;
  #delta = 0;
  #ticks = 0;

  constructor(stbl: Uint8Array) {
    this.#runs = table(stbl, "stts", 8, 8);
  }

  /** Beginning and duration of the next `n` samples. */
  take(n: number): { ticks: number; durationTicks: number } {
    const ticks = this.#ticks;
    for (let rest = n; rest > 0; ) {
      while (this.#left === 0 && this.#run + 1 < this.#runs.n) {
        this.#run += 1;
        this.#left = this.#runs.at(this.#run, 0);
        const delta = this.#runs.at(this.#run, 4);
        this.#delta = delta < 0x80000000 ? delta : 0; // negative ones are invalid
      }
      // After the last run samples go on as before.
      const nOfRun = this.#left === 0 ? rest : Math.min(rest, this.#left);
      this.#left = Math.max(0, this.#left - nOfRun);
      this.#ticks += nOfRun * this.#delta;
      rest -= nOfRun;
    }
    return { ticks, durationTicks: this.#ticks - ticks };
  }
}

interface Column {
  readonly n: number;
  at(i: number): number;
}

interface Sizes extends Column {
  /** The size of all samples, 0 when each has its own. */
  readonly all: number;
}

function chunkOffsets(stbl: Uint8Array): Column {
  const short = table(stbl, "stco", 8, 4);
  if (short.n > 0) return { n: short.n, at: (i) => short.at(i, 0) };
  const long = table(stbl, "co64", 8, 8);
  return { n: long.n, at: (i) => long.at(i, 0) * 2 ** 32 + long.at(i, 4) };
}

function sampleSizes(stbl: Uint8Array): Sizes {
  const body = find(stbl, "stsz");
  if (body !== null && body.length >= 12) {
    const view = viewOf(body);
    const all = view.getUint32(4);
    const n = view.getUint32(8);
    if (all > 0) return { all, n, at: () => all };
    return { all, n: Math.min(n, (body.length - 12) >> 2), at: (i) => view.getUint32(12 + 4 * i) };
  }
  const small = find(stbl, "stz2");
  if (small === null || small.length < 12) return { all: 0, n: 0, at: () => 0 };
  const bits = small[7]!;
  if (![4, 8, 16].includes(bits)) return { all: 0, n: 0, at: () => 0 };
  const n = Math.min(viewOf(small).getUint32(8), Math.floor(((small.length - 12) * 8) / bits));
  const at = (i: number) => {
    if (bits === 16) return (small[12 + 2 * i]! << 8) | small[13 + 2 * i]!;
    return bits === 8 ? small[12 + i]! : (small[12 + (i >> 1)]! >> (i & 1 ? 0 : 4)) & 15;
  };
  return { all: 0, n, at };
}

interface Rows {
  readonly n: number;
  /** The 32-bit number at a byte of a row. */
  at(row: number, byte: number): number;
}

/** A box that counts its rows at byte 4, as many as there are. */
function table(stbl: Uint8Array, type: string, start: number, rowBytes: number): Rows {
  const body = find(stbl, type);
  if (body === null || body.length < start) return { n: 0, at: () => 0 };
  const view = viewOf(body);
  return {
    n: Math.min(view.getUint32(4), Math.floor((body.length - start) / rowBytes)),
    at: (row, byte) => view.getUint32(start + row * rowBytes + byte),
  };
}
