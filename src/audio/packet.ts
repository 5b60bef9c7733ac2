import type { Speaker } from "./pcm.js";

/** What is decoded here. */
export type CodecName = "pcm" | "flac" | "mp3" | "opus" | "vorbis" | "aac" | "alac";

/** How one sample of PCM is stored: kind, bits, and byte order where it matters. */
export type SampleFormat =
  | "u8"
  | "s8"
  | "s16le"
  | "s16be"
  | "s24le"
  | "s24be"
  | "s32le"
  | "s32be"
  | "f32le"
  | "f32be"
  | "f64le"
  | "f64be"
  | "alaw"
  | "mulaw";

/** An audio track, as its container describes it. The codec's own frames have the last word on rate and channels. */
export interface Track {
  readonly codec: CodecName;
  /** The codec's own header, as the codec's file in `codec/` says; empty where it needs none. */
  readonly header: Uint8Array;
  /** Samples per second. */
  readonly sampleRate: number;
  readonly nChannels: number;
  /** One a channel; null where the container says nothing. */
  readonly speakers: readonly Speaker[] | null;
  /** How samples are stored; only for the codec "pcm". */
  readonly sampleFormat?: SampleFormat;
}

/** A piece of a track that its codec decodes at once. */
export interface Packet {
  /** The same object as long as nothing changes; another one where a new link, or another codec header, begins. */
  readonly track: Track;
  readonly data: Uint8Array;
  /**
   * When its sound begins on the file's own timeline, in seconds; null where the container has no times: right behind
   * the packet before. Where this is more than a tenth of a second behind the end of the sound so far, there is a gap.
   */
  readonly startSeconds: number | null;
  /** Sound not to be played from here on: pre-skip, encoder delay. May reach into the packets behind. Default 0. */
  readonly skipSeconds?: number;
  /** Sound at the end of this packet not to be played: padding. At most the packet's own. Default 0. */
  readonly discardSeconds?: number;
  /** Sound behind this moment of the timeline is not played: an Ogg link's last position, an edit's end. */
  readonly stopSeconds?: number;
}
