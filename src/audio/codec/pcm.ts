import type { SampleFormat } from "../packet.js";
import type { Codec } from "./codec.js";
import { ALAW, MULAW } from "./g711.js";

/** Samples as they are: no header, packets of whole frames (a frame is one sample of each channel). */
export const pcm: Codec = {
  name: "pcm",
  async open({ sampleFormat = "s16le", nChannels, sampleRate, speakers }) {
    return {
      nDamaged: 0,
      decode: (data) => ({ channels: deinterleave(data, sampleFormat, nChannels), sampleRate, speakers }),
      free: () => {},
    };
  },
};

/** Bytes of one sample. */
export const SAMPLE_BYTES: Record<SampleFormat, number> = {
  u8: 1,
  s8: 1,
  s16le: 2,
  s16be: 2,
  s24le: 3,
  s24be: 3,
  s32le: 4,
  s32be: 4,
  f32le: 4,
  f32be: 4,
  f64le: 8,
  f64be: 8,
  alaw: 1,
  mulaw: 1,
};

/** Separates interleaved samples into channels, scaled to [-1, 1). Part of a frame at the end is left out. */
function deinterleave(bytes: Uint8Array, format: SampleFormat, nChannels: number): Float32Array[] {
  const sampleBytes = SAMPLE_BYTES[format];
  const strideBytes = sampleBytes * nChannels;
  const nFrames = Math.floor(bytes.length / strideBytes);
  const read = READERS[format];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: nChannels }, (_, channel) => {
    const samples = new Float32Array(nFrames);
    for (let i = 0, at = channel * sampleBytes; i < nFrames; i++, at += strideBytes)
      samples[i] = read(view, at);
    return samples;
  });
}

const READERS: Record<SampleFormat, (view: DataView, at: number) => number> = {
  u8: (view, at) => (view.getUint8(at) - 128) / 128,
  s8: (view, at) => view.getInt8(at) / 128,
  s16le: (view, at) => view.getInt16(at, true) / 32768,
  s16be: (view, at) => view.getInt16(at) / 32768,
  s24le: (view, at) => (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 8388608,
  s24be: (view, at) => ((view.getInt16(at) << 8) | view.getUint8(at + 2)) / 8388608,
  s32le: (view, at) => view.getInt32(at, true) / 2147483648,
  s32be: (view, at) => view.getInt32(at) / 2147483648,
  f32le: (view, at) => view.getFloat32(at, true),
  f32be: (view, at) => view.getFloat32(at),
  f64le: (view, at) => view.getFloat64(at, true),
  f64be: (view, at) => view.getFloat64(at),
  alaw: (view, at) => ALAW[view.getUint8(at)]!,
  mulaw: (view, at) => MULAW[view.getUint8(at)]!,
};
