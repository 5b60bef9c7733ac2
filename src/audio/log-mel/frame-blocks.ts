import { FLOOR } from "./mel-frames.js";

/** Frames in one block: 10 s. */
export const BLOCK_FRAMES = 1000;

/** Frames in blocks in memory. A stretch without any frames has no blocks, however long it is. */
export class FrameBlocks {
  readonly #nMels: number;
  readonly #blocks = new Map<number, Float32Array>();

  constructor(nMels: number) {
    this.#nMels = nMels;
  }

  /** Numbers of the blocks here, in the order in which they came. */
  get numbers(): readonly number[] {
    return [...this.#blocks.keys()];
  }

  get nBlocks(): number {
    return this.#blocks.size;
  }

  has(number: number): boolean {
    return this.#blocks.has(number);
  }

  /** Where to write a frame. What is not written of its block stays silent. */
  slot(frame: number): { readonly values: Float32Array; readonly at: number } {
    return (
      this.find(frame) ?? { values: this.add(Math.floor(frame / BLOCK_FRAMES)), at: this.#offset(frame) }
    );
  }

  /** Where a frame is stored, or null where it and all those around it are silent. */
  find(frame: number): { readonly values: Float32Array; readonly at: number } | null {
    const values = this.#blocks.get(Math.floor(frame / BLOCK_FRAMES));
    return values === undefined ? null : { values, at: this.#offset(frame) };
  }

  /** A new block, silent: (1000, nMels). */
  add(number: number): Float32Array {
    const block = new Float32Array(BLOCK_FRAMES * this.#nMels).fill(FLOOR);
    this.#blocks.set(number, block);
    return block;
  }

  /** Takes a block out. */
  take(number: number): Float32Array {
    const block = this.#blocks.get(number)!;
    this.#blocks.delete(number);
    return block;
  }

  /** Frees the blocks before the one with `frame`. */
  dropBefore(frame: number): void {
    const first = Math.floor(frame / BLOCK_FRAMES);
    for (const number of this.#blocks.keys()) if (number < first) this.#blocks.delete(number);
  }

  #offset(frame: number): number {
    return (frame % BLOCK_FRAMES) * this.#nMels;
  }
}
