/** What the header of one MPEG audio frame (layers I to III) says. */
export interface Mp3FrameHeader {
  readonly layer: 1 | 2 | 3;
  readonly sampleRate: number;
  readonly nChannels: number;
  readonly samplesPerFrame: number;
  readonly frameBytes: number;
  /** Version, layer and sample rate, which seldom change from frame to frame. */
  readonly kind: number;
}

/** Bitrates in kbit/s by table index 1 to 14; rows: V1 L1, V1 L2, V1 L3, V2 L1, V2 L2 and L3. */
const BITRATES = [
  [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const RATES_V1 = [44100, 48000, 32000];

/**
 * Reads the four bytes of the frame header at `bytes[at]` (ISO 11172-3, 2.4.2.3), null where there is none. Free format,
 * which the decoder does not know, is none.
 */
export function mp3FrameHeader(bytes: Uint8Array, at: number): Mp3FrameHeader | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1]! >> 3) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const layer = 4 - ((bytes[at + 1]! >> 1) & 3);
  const rateIndex = (bytes[at + 2]! >> 2) & 3;
  const padding = (bytes[at + 2]! >> 1) & 1;
  const emphasis = bytes[at + 3]! & 3;
  if (version === 1 || layer === 4 || rateIndex === 3 || emphasis === 2) return null;
  const isV1 = version === 3;
  const bitrate = BITRATES[isV1 ? layer - 1 : layer === 1 ? 3 : 4]![(bytes[at + 2]! >> 4) - 1];
  if (bitrate === undefined) return null;
  const sampleRate = RATES_V1[rateIndex]! / (isV1 ? 1 : version === 2 ? 2 : 4);
  const samplesPerFrame = layer === 1 ? 384 : layer === 3 && !isV1 ? 576 : 1152;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor((samplesPerFrame / 8 / slotBytes) * ((bitrate * 1000) / sampleRate)) + padding;
  return {
    layer: layer as 1 | 2 | 3,
    sampleRate,
    nChannels: bytes[at + 3]! >> 6 === 3 ? 1 : 2,
    samplesPerFrame,
    frameBytes: slots * slotBytes,
    kind: (version << 4) | (layer << 2) | rateIndex,
  };
}
