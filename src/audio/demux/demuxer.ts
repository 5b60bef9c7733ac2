import type { CodecName, SampleFormat } from "../codec/codec.js";
import type { ByteSource } from "../input/byte-source.js";
import type { Speaker } from "../pcm.js";
import type { DamageReport } from "./damage-report.js";

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
  /** How samples are stored. Only for the codec "pcm". */
  readonly sampleFormat?: SampleFormat;
}

/** A piece of a track that its codec decodes at once. */
export interface Packet {
  /** The same object as long as nothing changes; another one where a new link, or another codec header, begins. */
  readonly track: Track;
  readonly data: Uint8Array;
  /**
   * When its sound begins on the file's own timeline, in seconds; null where the container has no times: right after
   * the packet before. Where this is more than a tenth of a second after the end of the sound so far, there is a gap.
   */
  readonly startSeconds: number | null;
  /** Sound from here on that is not played: pre-skip, encoder delay. May extend into the next packets. Default 0. */
  readonly skipSeconds?: number;
  /** Sound at the end of this packet that is not played: padding. At most this packet's sound. Default 0. */
  readonly discardSeconds?: number;
  /** Sound after this moment of the timeline is not played: an Ogg link's last position, an edit's end. */
  readonly stopSeconds?: number;
}

/** A recording whose container is understood. */
export interface Demuxer {
  /** Stated by the container or estimated; null where it says nothing. Good for progress and for "x of y s" only. */
  readonly durationSeconds: number | null;
  /** The packets from the start, in order. Can be called again where the source is replayable. */
  packets(): AsyncIterable<Packet>;
}

/** Sound that cannot be decoded here: its codec for messages ("AC-3"), or null when the container is unknown too. */
export interface ForeignAudio {
  readonly codec: string | null;
  readonly durationSeconds: number | null;
}

/** A container: one file in this folder, one line in `index.ts`. */
export interface Container {
  /** For messages and help texts: "WAV". */
  readonly name: string;
  /** Usual endings of file names, without the dot. */
  readonly extensions: readonly string[];
  /**
   * Whether a file is one, by its first 64 KiB at most, ID3v2 tags in front left out; a name proves nothing. Returns the
   * offset in `head` where the container begins, or null. `isWhole`: nothing follows `head`.
   */
  recognise(head: Uint8Array, isWhole: boolean): number | null;
  /**
   * Reads what comes before the sound.
   *
   * @throws WhisperVulkanError `audio-no-track`, `audio-corrupt`, and what reading throws
   */
  open(source: ByteSource, start: number, damage: DamageReport): Promise<Demuxer | ForeignAudio>;
}
