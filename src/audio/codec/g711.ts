/** Samples by their A-law code (ITU-T G.711). */
export const ALAW = Float32Array.from({ length: 256 }, (_, code) => alaw(code) / 32768);
/** Samples by their mu-law code (ITU-T G.711). */
export const MULAW = Float32Array.from({ length: 256 }, (_, code) => mulaw(code) / 32768);

/** A-law to 16-bit linear: even bits inverted; sign, 3 bits of segment, 4 of step. */
function alaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

/** mu-law to 16-bit linear: all bits inverted, bias 132. */
function mulaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return bits & 0x80 ? 0 - magnitude : magnitude; // no -0
}
