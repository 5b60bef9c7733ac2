/** Sample rates that AAC numbers instead of writing them (ISO/IEC 14496-3, 1.6.3.4). */
const RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

/**
 * An AudioSpecificConfig for AAC from a container that only says profile, rate and channels.
 * `objectType`: 1 Main, 2 LC, 3 SSR, 4 LTP.
 */
export function audioSpecificConfig(objectType: number, sampleRate: number, nChannels: number): Uint8Array {
  const configuration = (nChannels === 8 ? 7 : nChannels) & 15;
  const rate = Math.round(sampleRate) & 0xffffff;
  const index = RATES.indexOf(rate);
  if (index >= 0) {
    const bits = (objectType << 11) | (index << 7) | (configuration << 3);
    return Uint8Array.of(bits >> 8, bits);
  }
  // 5 bits of type, 15 for "as written", 24 of rate, 4 of channels, 3 zeros
  const bits = (BigInt(objectType) << 35n) | (15n << 31n) | (BigInt(rate) << 7n) | BigInt(configuration << 3);
  return Uint8Array.from({ length: 5 }, (_, i) => Number((bits >> BigInt(8 * (4 - i))) & 255n));
}
