import type { Mp3FrameHeader } from "../../codec/mp3-frame.js";

/** What a first frame without sound says of the stream: Xing's, Info's or VBRI's header. */
export interface InfoFrame {
  /** Frames after this one, null where it doesn't say. */
  readonly nFrames: number | null;
  /** Samples that encoder and decoder put before the sound, and after it; 0 where it doesn't say. */
  readonly delaySamples: number;
  readonly paddingSamples: number;
}

/** What a decoder adds in front, in samples; the encoder's delay does not count it, its padding does. */
const DECODER_DELAY = 529;

/** Reads the header of `frame`, null where the frame has sound. */
export function readInfoFrame(frame: Uint8Array, header: Mp3FrameHeader): InfoFrame | null {
  if (header.layer !== 3) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const isV1 = header.kind >> 4 === 3;
  const sideInfoBytes = isV1 ? (header.nChannels === 1 ? 17 : 32) : header.nChannels === 1 ? 9 : 17;
  // Some writers leave room for a checksum.
  const at = [4 + sideInfoBytes, 6 + sideInfoBytes].find((place) =>
    ["Xing", "Info"].includes(mark(frame, place)),
  );
  if (at !== undefined && at + 8 <= frame.length) {
    const flags = view.getUint32(at + 4);
    let next = at + 8;
    const nFrames = flags & 1 && next + 4 <= frame.length ? view.getUint32(next) : null;
    next += (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
    // LAME's part: nine bytes of version, twelve others, then both in 12 bits each.
    if (next + 24 > frame.length || frame[next] === 0) return { nFrames, delaySamples: 0, paddingSamples: 0 };
    const delays = view.getUint32(next + 20) & 0xffffff;
    return {
      nFrames,
      delaySamples: (delays >> 12) + DECODER_DELAY,
      paddingSamples: Math.max(0, (delays & 0xfff) - DECODER_DELAY),
    };
  }
  if (mark(frame, 36) !== "VBRI" || frame.length < 54) return null;
  return { nFrames: view.getUint32(50), delaySamples: 0, paddingSamples: 0 };
}

function mark(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
