/** How one sample lies in a WAV file, little-endian. */
export type SampleFormat = "u8" | "s16" | "s24" | "s32" | "f32" | "f64" | "alaw" | "mulaw";

/** Bytes of one sample. */
export const SAMPLE_BYTES: Record<SampleFormat, number> = {
  u8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
  alaw: 1,
  mulaw: 1,
};

/** Separates interleaved samples into channels, scaled to [-1, 1). A frame is one sample of each channel. */
export function deinterleave(bytes: Uint8Array, format: SampleFormat, nChannels: number): Float32Array[] {
  const sampleBytes = SAMPLE_BYTES[format];
  const nFrames = Math.floor(bytes.length / (sampleBytes * nChannels));
  const read = READERS[format];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: nChannels }, (_, channel) => {
    const samples = new Float32Array(nFrames);
    const strideBytes = sampleBytes * nChannels;
    for (let i = 0, at = channel * sampleBytes; i < nFrames; i++, at += strideBytes)
      samples[i] = read(view, at);
    return samples;
  });
}

const ALAW = Float32Array.from({ length: 256 }, (_, code) => alaw(code) / 32768);
const MULAW = Float32Array.from({ length: 256 }, (_, code) => mulaw(code) / 32768);

const READERS: Record<SampleFormat, (view: DataView, at: number) => number> = {
  u8: (view, at) => (view.getUint8(at) - 128) / 128,
  s16: (view, at) => view.getInt16(at, true) / 32768,
  s24: (view, at) => (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 8388608,
  s32: (view, at) => view.getInt32(at, true) / 2147483648,
  f32: (view, at) => view.getFloat32(at, true),
  f64: (view, at) => view.getFloat64(at, true),
  alaw: (view, at) => ALAW[view.getUint8(at)]!,
  mulaw: (view, at) => MULAW[view.getUint8(at)]!,
};

/** ITU-T G.711 A-law to 16-bit linear: even bits inverted; sign, 3 bits of segment, 4 of step. */
function alaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

/** ITU-T G.711 mu-law to 16-bit linear: all bits inverted, bias 132. */
function mulaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return bits & 0x80 ? 0 - magnitude : magnitude; // no -0
}
