import { WhisperVulkanError } from "../../errors.js";
import { type AudioSource, type SoundPiece, WHISPER_SAMPLE_RATE } from "../audio-source.js";
import { type FrameReader, RepeatedFrames, StoredFrames } from "./frame-reader.js";
import { FLOOR, type FrameSink, HOP, MelFrames } from "./mel-frames.js";

/** Frames of one encoder window: 30 s. */
export const WINDOW_FRAMES = 3000;

/** Up to 30 minutes the frames of the first pass are kept in memory (58 MB with 80 bands). */
const MAX_KEPT_FRAMES = 180_000;
/** Frames after the last whole one that still contain some of its sound. */
const TAIL_FRAMES = 3;
/** Shorter gaps do not matter: Whisper places words to about a second. */
const SHORTEST_GAP_SAMPLES = WHISPER_SAMPLE_RATE;

/** What the frames after a window's sound contain. */
export type WindowTail =
  /** 0: this is how OpenAI's `transcribe()` fills short windows. */
  | "zeros"
  /** The values of silence: this is how OpenAI's code fills the window from which it detects the language. */
  | "silence";

/** A gap in a recording's timeline, in samples at 16 kHz: from its first to the one after its last. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

/** How to compute a log-mel spectrogram. */
export interface LogMelOptions {
  /** (nMels, 201): the mel filters of the model. */
  readonly filters: Float32Array;
  /** The recording's name in messages. */
  readonly name?: string | undefined;
  /** Frames up to which the first pass is kept in memory, in blocks of 1000; default 30 minutes. */
  readonly maxKeptFrames?: number | undefined;
}

/**
 * The log-mel spectrogram of a recording, as OpenAI's `log_mel_spectrogram` defines it: periodic Hann
 * window of 400 samples every 160, power, mel filters, log10, clamped to 8 below the maximum of the whole
 * recording, (x + 4) / 4. Gaps count as zeros, but cost nothing.
 *
 * A first pass over the source finds the maximum. Short recordings then stay in memory. Of long ones only the
 * part around the current window is in memory: the source is iterated a second time where that is possible; otherwise the
 * frames are in a temporary file, 115 MB an hour with 80 bands.
 */
export class LogMel {
  readonly nMels: number;
  /** Samples of the recording, at 16 kHz, gaps included. */
  readonly nSamples: number;
  /** Whole frames of the recording: `floor(nSamples / 160)`. */
  readonly nFrames: number;
  /** The gaps of a second and more, in their order. */
  readonly gaps: readonly Gap[];
  /** The greatest log10 mel power, at least -10. */
  readonly maximum: number;
  readonly #frames: FrameReader;
  #from = 0;

  private constructor(pass: MelFrames, gaps: readonly Gap[], frames: FrameReader) {
    this.nMels = pass.nMels;
    this.nSamples = pass.nSamples;
    this.nFrames = Math.floor(pass.nSamples / HOP);
    this.gaps = gaps;
    this.maximum = pass.maximum;
    this.#frames = frames;
  }

  /**
   * Reads the whole recording once.
   *
   * @throws whatever the source throws; WhisperVulkanError `option-invalid` for a source not at 16 kHz, `disk-full` and
   *   `temporary-folder-unwritable` for a long one that can be read only once
   */
  static async open(
    source: AudioSource,
    { filters, name = "recording", maxKeptFrames = MAX_KEPT_FRAMES }: LogMelOptions,
  ): Promise<LogMel> {
    if (source.sampleRate !== WHISPER_SAMPLE_RATE) {
      throw new WhisperVulkanError(
        "option-invalid",
        `log-mel needs 16000 Hz, the source has ${source.sampleRate} Hz`,
      );
    }
    const pass = new MelFrames(filters);
    const gaps = new GapList();
    const stored = new StoredFrames(pass.nMels, maxKeptFrames, name);
    const unstored = { values: new Float32Array(pass.nMels), at: 0 };
    let isRepeated = false;
    const sink: FrameSink = (frame) => (isRepeated ? unstored : stored.slot(frame));
    try {
      for await (const piece of source) {
        gaps.push(piece);
        pass.push(piece, sink);
        if (!source.isReplayable) await stored.spill();
        else if (stored.isFull && !isRepeated) {
          isRepeated = true;
          stored.clear();
        }
      }
      pass.finish(sink);
    } catch (error) {
      await stored.close();
      throw error;
    }
    return new LogMel(pass, gaps.found, isRepeated ? new RepeatedFrames(source, filters) : stored);
  }

  /**
   * The window that begins at a frame (10 ms each), with that many frames of sound (default: as many as there are), then
   * its tail: (3000, nMels), frame by frame. Windows are asked for one after the other and never go back.
   *
   * @throws RangeError for a frame before an earlier window's; whatever the source throws; `file-unreadable`
   */
  async window(
    frame: number,
    tail: WindowTail = "zeros",
    nFrames = this.nFrames - frame,
  ): Promise<Float32Array> {
    if (frame < this.#from)
      throw new RangeError(`frame ${frame} is no longer kept: windows only move forward`);
    this.#from = frame;
    const { nMels } = this;
    const nHeard = Math.min(WINDOW_FRAMES, tail === "zeros" ? nFrames : nFrames + TAIL_FRAMES);
    const blocks = await this.#frames.read(frame, frame + nHeard);
    const lowest = this.maximum - 8;
    const silence = (Math.max(FLOOR, lowest) + 4) / 4;
    const window = new Float32Array(WINDOW_FRAMES * nMels);
    if (tail === "silence") window.fill(silence, nHeard * nMels);
    for (let t = 0; t < nHeard; t++) {
      const found = blocks.find(frame + t);
      if (found === null) {
        window.fill(silence, t * nMels, (t + 1) * nMels);
        continue;
      }
      for (let mel = 0; mel < nMels; mel++) {
        const value = found.values[found.at + mel]!;
        window[t * nMels + mel] = (Math.max(value, lowest) + 4) / 4;
      }
    }
    return window;
  }

  /** Frees the frames, wherever they are stored. */
  async close(): Promise<void> {
    await this.#frames.close();
  }
}

/** Collects gaps as the pieces arrive; adjacent gaps count as one. */
class GapList {
  #gaps: { start: number; end: number }[] = [];
  #nSamples = 0;

  push(piece: SoundPiece): void {
    const start = this.#nSamples;
    if (piece instanceof Float32Array) {
      this.#nSamples += piece.length;
      return;
    }
    this.#nSamples += piece.nSilentSamples;
    const last = this.#gaps.at(-1);
    if (last?.end === start) last.end = this.#nSamples;
    else {
      if (last && isShort(last)) this.#gaps.pop();
      this.#gaps.push({ start, end: this.#nSamples });
    }
  }

  /** Those of a second and more. */
  get found(): readonly Gap[] {
    return this.#gaps.filter((gap) => !isShort(gap));
  }
}

const isShort = ({ start, end }: Gap) => end - start < SHORTEST_GAP_SAMPLES;
