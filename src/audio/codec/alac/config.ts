/** What a decoder must know of a stream: ALACSpecificConfig, the "magic cookie". */
export interface AlacConfig {
  /** Samples a channel in a packet, except for the last one and those that say otherwise. */
  readonly frameSamples: number;
  /** 16, 20, 24 or 32. */
  readonly bitDepth: number;
  /** How fast the mean of the residuals is followed, where it begins, and the longest code for it (0: all is uncompressed). */
  readonly historyMultiplier: number;
  readonly initialHistory: number;
  readonly maxRiceBits: number;
  readonly nChannels: number;
  readonly sampleRate: number;
}

const CONFIG_BYTES = 24;
/** A frame of 4096 samples is usual; no encoder writes larger ones than this. */
const MAX_FRAME_SAMPLES = 1 << 16;

/**
 * Reads the config, also where QuickTime wraps it in `frma` and `alac` atoms. Null where it is invalid.
 */
export function alacConfig(header: Uint8Array): AlacConfig | null {
  const bytes = unwrapped(header);
  if (bytes.length < CONFIG_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const config = {
    frameSamples: view.getUint32(0),
    bitDepth: bytes[5]!,
    historyMultiplier: bytes[6]!,
    initialHistory: bytes[7]!,
    maxRiceBits: bytes[8]!,
    nChannels: bytes[9]!,
    sampleRate: view.getUint32(20),
  };
  const { frameSamples, bitDepth, maxRiceBits, nChannels } = config;
  const isPossible =
    frameSamples > 0 &&
    frameSamples <= MAX_FRAME_SAMPLES &&
    [16, 20, 24, 32].includes(bitDepth) &&
    maxRiceBits <= 31 &&
    nChannels > 0 &&
    nChannels <= 8;
  return isPossible ? config : null;
}

/** Atoms have 4 bytes of size and 4 letters; `alac` has version and flags besides. */
function unwrapped(bytes: Uint8Array): Uint8Array {
  const letters = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  const start = letters(4) === "frma" ? 12 : 0;
  return letters(start + 4) === "alac" ? bytes.subarray(start + 12) : bytes;
}
