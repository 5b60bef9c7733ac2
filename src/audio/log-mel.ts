import { WhisperVulkanError } from "../errors.js";
import type { AudioSource } from "./audio-source.js";
import { FLOOR, type FrameSink, HOP, MelFrames } from "./mel-frames.js";

/** Frames of one encoder window: 30 s. */
export const WINDOW_FRAMES = 3000;

/** Frames kept together: 10 s. */
const BLOCK_FRAMES = 1000;
/** Up to 30 minutes the frames of the first pass are kept (58 MB with 80 bands); longer ones come again. */
const MAX_KEPT_FRAMES = 180_000;

/** What the frames of a window behind the end of the recording hold. */
export type WindowTail =
  /** 0, as OpenAI's `transcribe()` fills short windows. */
  | "zeros"
  /** What silence gives, as where OpenAI's code detects the language. */
  | "silence";

/** How to compute a log-mel spectrogram. */
export interface LogMelOptions {
  /** (nMels, 201): the mel filters of the model. */
  readonly filters: Float32Array;
  /** Frames up to which the first pass is kept in memory; default 30 minutes. */
  readonly maxKeptFrames?: number;
}

/**
 * The log-mel spectrogram of a recording, as OpenAI's `log_mel_spectrogram` defines it: periodic Hann
 * window of 400 samples every 160, power, mel filters, log10, clamped to 8 below the maximum of the whole
 * recording, (x + 4) / 4.
 *
 * A first pass over the source finds the maximum. Short recordings are kept from then on; of long ones
 * only the part around the current window is in memory, and the source is iterated a second time; disposing
 * of an AudioFile ends that.
 */
export class LogMel {
  readonly nMels: number;
  /** Samples of the recording, at 16 kHz. */
  readonly nSamples: number;
  /** Whole frames of sound: `floor(nSamples / 160)`. */
  readonly nFrames: number;
  /** The greatest log10 mel power, at least -10. */
  readonly maximum: number;
  readonly #frames: FrameReader;

  private constructor(pass: MelFrames, frames: FrameReader) {
    this.nMels = pass.nMels;
    this.nSamples = pass.nSamples;
    this.nFrames = Math.floor(pass.nSamples / HOP);
    this.maximum = pass.maximum;
    this.#frames = frames;
  }

  /**
   * Reads the whole recording once.
   *
   * @throws whatever the source throws; WhisperVulkanError `option-invalid` for a source not at 16 kHz
   */
  static async open(
    source: AudioSource,
    { filters, maxKeptFrames = MAX_KEPT_FRAMES }: LogMelOptions,
  ): Promise<LogMel> {
    if (source.sampleRate !== 100 * HOP) {
      throw new WhisperVulkanError(
        "option-invalid",
        `log-mel needs 16000 Hz, the source has ${source.sampleRate} Hz`,
      );
    }
    const pass = new MelFrames(filters);
    let kept = new FrameBlocks(pass.nMels);
    let isKept = true;
    const scratch = { values: new Float32Array(pass.nMels), at: 0 };
    const sink: FrameSink = (frame) => {
      if (frame < maxKeptFrames) return kept.slot(frame);
      kept = new FrameBlocks(pass.nMels); // too long to keep
      isKept = false;
      return scratch;
    };
    for await (const samples of source) pass.push(samples, sink);
    pass.finish(sink);
    return new LogMel(pass, isKept ? new KeptFrames(kept) : new StreamedFrames(source, filters));
  }

  /**
   * The window that begins at a frame (10 ms each): (3000, nMels), frame by frame. Windows are asked for
   * one after the other and never go back.
   *
   * @throws RangeError for a frame before an earlier window's; whatever the source throws
   */
  async window(frame: number, tail: WindowTail = "zeros"): Promise<Float32Array> {
    const { nMels } = this;
    const end = tail === "zeros" ? Math.min(frame + WINDOW_FRAMES, this.nFrames) : frame + WINDOW_FRAMES;
    const blocks = await this.#frames.read(frame, end);
    const lowest = this.maximum - 8;
    const window = new Float32Array(WINDOW_FRAMES * nMels);
    const silence = (Math.max(FLOOR, lowest) + 4) / 4;
    for (let t = frame; t < end; t++) {
      const to = (t - frame) * nMels;
      if (t >= blocks.end) {
        window.fill(silence, to, to + nMels);
        continue;
      }
      const { values, at } = blocks.slot(t);
      for (let mel = 0; mel < nMels; mel++) {
        const value = values[at + mel]!;
        window[to + mel] = (Math.max(value, lowest) + 4) / 4;
      }
    }
    return window;
  }
}

/** Gives access to frames `from` to `to` (exclusive), as far as there is sound in them. */
interface FrameReader {
  read(from: number, to: number): Promise<FrameBlocks>;
}

/** Consecutive frames in blocks, growing at the end and dropped at the start. */
class FrameBlocks {
  readonly #nMels: number;
  #blocks: Float32Array[] = [];
  #firstBlock = 0;
  /** Frame behind the last one that has a slot. */
  end = 0;

  constructor(nMels: number) {
    this.#nMels = nMels;
  }

  /** Where a frame lies; made when it is the next one. */
  slot(frame: number): { values: Float32Array; at: number } {
    const block = Math.floor(frame / BLOCK_FRAMES) - this.#firstBlock;
    if (block < 0) throw new RangeError(`frame ${frame} is gone: windows never go back`);
    while (block >= this.#blocks.length) this.#blocks.push(new Float32Array(BLOCK_FRAMES * this.#nMels));
    if (frame >= this.end) this.end = frame + 1;
    return { values: this.#blocks[block]!, at: (frame % BLOCK_FRAMES) * this.#nMels };
  }

  /** Lets go of the blocks before the one with `frame`. */
  dropBefore(frame: number): void {
    const gone = Math.floor(frame / BLOCK_FRAMES) - this.#firstBlock;
    if (gone <= 0) return;
    this.#blocks.splice(0, gone);
    this.#firstBlock += gone;
  }
}

/** All frames, in memory. */
class KeptFrames implements FrameReader {
  readonly #frames: FrameBlocks;

  constructor(frames: FrameBlocks) {
    this.#frames = frames;
  }

  async read(): Promise<FrameBlocks> {
    return this.#frames;
  }
}

/** The frames around the current window, from a second pass over the source. */
class StreamedFrames implements FrameReader {
  readonly #frames: FrameBlocks;
  readonly #pass: MelFrames;
  readonly #samples: AsyncIterator<Float32Array>;
  #from = 0;
  #isDone = false;

  constructor(source: AudioSource, filters: Float32Array) {
    this.#pass = new MelFrames(filters);
    this.#frames = new FrameBlocks(this.#pass.nMels);
    this.#samples = source[Symbol.asyncIterator]();
  }

  async read(from: number, to: number): Promise<FrameBlocks> {
    if (from < this.#from) throw new RangeError(`frame ${from} is gone: windows never go back`);
    this.#from = from;
    this.#frames.dropBefore(Math.min(from, this.#frames.end));
    const sink: FrameSink = (frame) => {
      this.#frames.dropBefore(Math.min(frame, from));
      return this.#frames.slot(frame);
    };
    while (this.#frames.end < to && !this.#isDone) {
      const { value, done } = await this.#samples.next();
      this.#isDone = done === true;
      if (done) this.#pass.finish(sink);
      else this.#pass.push(value, sink);
    }
    return this.#frames;
  }
}
