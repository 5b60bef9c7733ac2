import type { CodecName, Track } from "../packet.js";
import type { Pcm } from "../pcm.js";

/** Decodes one track's packets in their order. */
export interface PacketDecoder {
  /**
   * The packet's sound; null where it has none (yet): codecs that start late, and damage, which is counted. Never throws
   * for damage. Rate, channels and layout may differ from call to call.
   */
  decode(data: Uint8Array): Pcm | null | Promise<Pcm | null>;
  /** The sound still inside, at the track's end. */
  flush?(): Pcm | null | Promise<Pcm | null>;
  /** Packets before the next one are missing: codecs with memory start anew. */
  reset?(): void | Promise<void>;
  /** Packets that could not be decoded so far. */
  readonly nDamaged: number;
  free(): void;
}

/** A codec: one file (or folder) here, one line in `index.ts`. */
export interface Codec {
  readonly name: CodecName;
  /**
   * @param fileName the recording's, for messages
   * @throws WhisperVulkanError `audio-corrupt` for a header that makes no sense
   */
  open(track: Track, fileName: string): Promise<PacketDecoder>;
}
