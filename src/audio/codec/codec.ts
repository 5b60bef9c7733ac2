import type { CodecName, Track } from "../packet.js";
import type { Pcm } from "../pcm.js";

/** Decodes one track's packets in their order. */
export interface PacketDecoder {
  /**
   * The packet's sound, or null where there is none (yet): some codecs give it late, and damage gives none. Never throws
   * for damage but counts it. Rate, channels and layout may differ from call to call.
   */
  decode(data: Uint8Array): Pcm | null | Promise<Pcm | null>;
  /** The sound still in the decoder at the end of the track. */
  flush?(): Pcm | null | Promise<Pcm | null>;
  /** Packets before the next one are missing: codecs with memory start over. */
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
   * @throws WhisperVulkanError `audio-corrupt` for a header that is invalid
   */
  open(track: Track, fileName: string): Promise<PacketDecoder>;
}
