import type { ByteSource } from "../input/byte-source.js";
import type { Packet } from "../packet.js";
import type { DamageReport } from "./damage-report.js";

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
