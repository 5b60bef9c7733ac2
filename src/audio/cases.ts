// Recordings and filters the tests of this folder make for themselves.

import type { SoundPiece } from "./audio-source.js";

/** A sine of `frequency` Hz, amplitude 0.5. */
export function sine(frequency: number, sampleRate: number, nSamples: number): Float32Array {
  return Float32Array.from(
    { length: nSamples },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / sampleRate),
  );
}

/** Repeatable noise in [-0.5, 0.5). */
export function noise(nSamples: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: nSamples }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 32;
  });
}

/** Contents of a WAV file made for a test; `code` is WAVE's format code. */
export interface WavShape {
  readonly code?: number;
  readonly bits?: number;
  readonly nChannels?: number;
  readonly sampleRate?: number;
  /** Stands in the header instead of the real size. */
  readonly declaredBytes?: number;
  /** 40-byte format chunk with a sub-format. */
  readonly extensible?: boolean;
  /** RF64 with the real size in a ds64 chunk. */
  readonly rf64?: boolean;
}

/** A WAV file around sample bytes. */
export function wav(data: Uint8Array, shape: WavShape = {}): Uint8Array {
  const { code = 1, bits = 16, nChannels = 1, sampleRate = 16000, extensible = false, rf64 = false } = shape;
  const fmt = new DataView(new ArrayBuffer(extensible ? 40 : 16));
  const frameBytes = (bits >> 3) * nChannels;
  fmt.setUint16(0, extensible ? 0xfffe : code, true);
  fmt.setUint16(2, nChannels, true);
  fmt.setUint32(4, sampleRate, true);
  fmt.setUint32(8, sampleRate * frameBytes, true);
  fmt.setUint16(12, frameBytes, true);
  fmt.setUint16(14, bits, true);
  if (extensible) fmt.setUint16(24, code, true);
  const ds64 = new DataView(new ArrayBuffer(28));
  ds64.setBigUint64(8, BigInt(data.length), true);
  return concat(
    text(rf64 ? "RF64" : "RIFF"),
    uint32(rf64 ? 0xffffffff : 36 + data.length),
    text("WAVE"),
    ...(rf64 ? [text("ds64"), uint32(28), bytesOf(ds64)] : []),
    text("fmt "),
    uint32(fmt.byteLength),
    bytesOf(fmt),
    text("data"),
    uint32(shape.declaredBytes ?? (rf64 ? 0xffffffff : data.length)),
    data,
  );
}

/** Samples as 16-bit integers, little-endian. */
export function int16(samples: Float32Array): Uint8Array {
  return new Uint8Array(Int16Array.from(samples, (x) => Math.round(x * 32768)).buffer);
}

/** All pieces joined, silence as zeros. */
export async function collect(pieces: AsyncIterable<SoundPiece>): Promise<Float32Array> {
  const all: Float32Array[] = [];
  for await (const piece of pieces)
    all.push("nSilentSamples" in piece ? new Float32Array(piece.nSilentSamples) : piece.slice());
  const joined = new Float32Array(all.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of all) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** Bits written as "0" and "1", the first of a byte first; spaces don't count, and the last byte is filled with zeros. */
export function bytesOfBits(bits: string): Uint8Array {
  return Uint8Array.from(bits.replaceAll(" ", "").match(/.{1,8}/g) ?? [], (byte) =>
    Number.parseInt(byte.padEnd(8, "0"), 2),
  );
}

/** Whether two arrays are the same to the bit; much faster than a deep comparison. */
export function isSame(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  return x!.equals(y!);
}

/** Pearson's correlation over the samples both have. */
export function correlation(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/**
 * Slaney's mel filters as librosa makes them, (nMels, 201), in the precisions the model files were made
 * with: triangles in f64, stored as f32, scaled in f64, stored as f32.
 */
export function slaneyFilters(nMels: number): Float32Array {
  const melOf = (hz: number) =>
    hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
  const hzOf = (mel: number) =>
    mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp(((mel - 15) * Math.log(6.4)) / 27);
  const edges = Array.from({ length: nMels + 2 }, (_, i) => hzOf((melOf(8000) * i) / (nMels + 1)));
  const filters = new Float32Array(nMels * 201);
  for (let mel = 0; mel < nMels; mel++) {
    const [low, middle, high] = edges.slice(mel, mel + 3) as [number, number, number];
    for (let k = 0; k < 201; k++) {
      const hz = k * 40;
      const triangle = Math.max(0, Math.min((hz - low) / (middle - low), (high - hz) / (high - middle)));
      filters[mel * 201 + k] = Math.fround(triangle) * (2 / (high - low));
    }
  }
  return filters;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function uint32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer);
}
