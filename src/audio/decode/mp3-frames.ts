/** What the header of one MPEG audio frame (layers I to III) says. */
export interface Mp3Header {
  readonly sampleRate: number;
  readonly nChannels: number;
  readonly samplesPerFrame: number;
  readonly frameBytes: number;
  /** What must not change from frame to frame: version, layer, sample rate. */
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

/** Reads the four bytes of a frame header (ISO 11172-3, 2.4.2.3), null when they are none. */
export function mp3Header(bytes: Uint8Array, at: number): Mp3Header | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1]! >> 3) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const layer = 4 - ((bytes[at + 1]! >> 1) & 3);
  const rateIndex = (bytes[at + 2]! >> 2) & 3;
  const padding = (bytes[at + 2]! >> 1) & 1;
  if (version === 1 || layer === 4 || rateIndex === 3) return null;
  const isV1 = version === 3;
  const bitrate = BITRATES[isV1 ? layer - 1 : layer === 1 ? 3 : 4]![(bytes[at + 2]! >> 4) - 1];
  if (bitrate === undefined) return null;
  const sampleRate = RATES_V1[rateIndex]! / (isV1 ? 1 : version === 2 ? 2 : 4);
  const samplesPerFrame = layer === 1 ? 384 : layer === 3 && !isV1 ? 576 : 1152;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor((samplesPerFrame / 8 / slotBytes) * ((bitrate * 1000) / sampleRate)) + padding;
  return {
    sampleRate,
    nChannels: bytes[at + 3]! >> 6 === 3 ? 1 : 2,
    samplesPerFrame,
    frameBytes: slots * slotBytes,
    kind: (version << 4) | (layer << 2) | rateIndex,
  };
}

/** How many whole frames follow each other from `at` on (headers only), counting up to `limit`. */
export function mp3RunLength(bytes: Uint8Array, at: number, limit: number): number {
  const first = mp3Header(bytes, at);
  let n = 0;
  for (let header = first, next = at; header !== null && header.kind === first?.kind && n < limit; n++) {
    next += header.frameBytes;
    header = mp3Header(bytes, next);
  }
  return n;
}

/** Whether the frames that end a stream, of which `tail` holds several, end with one whose bytes are not all there. */
export function mp3EndsInFrame(tail: Uint8Array, kind: number): boolean {
  const inRow = 3;
  let at = 0;
  while (mp3Header(tail, at)?.kind !== kind || mp3RunLength(tail, at, inRow) < inRow)
    if (++at >= tail.length) return false;
  // What follows the last frame, a tag perhaps, is no frame.
  for (let header = mp3Header(tail, at); header?.kind === kind; header = mp3Header(tail, at))
    at += header.frameBytes;
  return at > tail.length;
}

/** Frames in the stream by the Xing, Info or VBRI header in its first frame, null where there is none. */
export function mp3FrameCount(bytes: Uint8Array, at: number, header: Mp3Header): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isV1 = header.kind >> 4 === 3;
  const sideInfo = isV1 ? (header.nChannels === 1 ? 17 : 32) : header.nChannels === 1 ? 9 : 17;
  const xing = at + 4 + sideInfo;
  const XING = 0x58696e67;
  const INFO = 0x496e666f;
  const VBRI = 0x56425249;
  if (xing + 12 <= bytes.length && [XING, INFO].includes(view.getUint32(xing))) {
    return view.getUint32(xing + 4) & 1 ? view.getUint32(xing + 8) : null;
  }
  const vbri = at + 36;
  if (vbri + 18 <= bytes.length && view.getUint32(vbri) === VBRI) return view.getUint32(vbri + 14);
  return null;
}
