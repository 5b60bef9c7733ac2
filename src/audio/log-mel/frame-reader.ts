import type { AudioSource, SoundPiece } from "../audio-source.js";
import { TemporaryFile } from "../input/temporary-file.js";
import { BLOCK_FRAMES, FrameBlocks } from "./frame-blocks.js";
import { type FrameSink, MelFrames } from "./mel-frames.js";

/** Gives a recording's frames to windows, one after the other. Frames before a window are freed. */
export interface FrameReader {
  /** The frames `from` to `to` (exclusive), as far as the recording goes; at most a window's more. */
  read(from: number, to: number): Promise<FrameBlocks>;
  close(): Promise<void>;
}

/** The frames of a first pass: in memory up to that many blocks, those after in a temporary file. */
export class StoredFrames implements FrameReader {
  readonly #blocks: FrameBlocks;
  readonly #maxBlocks: number;
  readonly #name: string;
  #file: TemporaryFile | null = null;
  /** Where in the file a block begins, in bytes, by its number. */
  readonly #offsets = new Map<number, number>();

  /** `name`: the recording's, for messages. */
  constructor(nMels: number, maxFrames: number, name: string) {
    this.#name = name;
    this.#blocks = new FrameBlocks(nMels);
    this.#maxBlocks = Math.floor(maxFrames / BLOCK_FRAMES);
  }

  /** Whether there are more blocks than may stay in memory. */
  get isFull(): boolean {
    return this.#blocks.nBlocks > this.#maxBlocks;
  }

  slot(frame: number) {
    return this.#blocks.slot(frame);
  }

  /**
   * Writes the blocks that are too many for memory to the file. The newest stays, since it may be incomplete.
   * @throws WhisperVulkanError `disk-full`, `temporary-folder-unwritable`
   */
  async spill(): Promise<void> {
    if (this.#blocks.nBlocks <= this.#maxBlocks + 1) return;
    this.#file ??= await TemporaryFile.createUnnamed(this.#name);
    for (const number of this.#blocks.numbers.slice(this.#maxBlocks, -1)) {
      this.#offsets.set(number, this.#file.sizeBytes);
      await this.#file.append(bytesOf(this.#blocks.take(number)));
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#blocks.dropBefore(Number.POSITIVE_INFINITY);
  }

  async read(from: number, to: number): Promise<FrameBlocks> {
    this.#blocks.dropBefore(from);
    for (let number = Math.floor(from / BLOCK_FRAMES); number * BLOCK_FRAMES < to; number++) {
      const offset = this.#offsets.get(number);
      if (offset === undefined || this.#blocks.has(number)) continue;
      const block = bytesOf(this.#blocks.add(number));
      block.set(await this.#file!.read(offset, block.length));
    }
    return this.#blocks;
  }

  async close(): Promise<void> {
    await this.#file?.remove();
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The frames around the current window, from a second pass over the source. */
export class RepeatedFrames implements FrameReader {
  readonly #blocks: FrameBlocks;
  readonly #pass: MelFrames;
  readonly #pieces: AsyncIterator<SoundPiece>;
  #isDone = false;

  constructor(source: AudioSource, filters: Float32Array) {
    this.#pass = new MelFrames(filters);
    this.#blocks = new FrameBlocks(this.#pass.nMels);
    this.#pieces = source[Symbol.asyncIterator]();
  }

  async read(from: number, to: number): Promise<FrameBlocks> {
    this.#blocks.dropBefore(from);
    const sink: FrameSink = (frame) => (frame < from ? null : this.#blocks.slot(frame));
    while (this.#pass.nFrames < to && !this.#isDone) {
      const { value, done } = await this.#pieces.next();
      this.#isDone = done === true;
      if (done) this.#pass.finish(sink);
      else this.#pass.push(value, sink);
    }
    return this.#blocks;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
