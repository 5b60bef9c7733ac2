import type { Pcm } from "../../pcm.js";
import { BitReader } from "../bit-reader.js";
import type { PacketDecoder } from "../codec.js";
import type { AudioSpecificConfig } from "./audio-specific-config.js";
import { BrokenFrame } from "./broken-frame.js";
import { type MetElement, speakersOf } from "./channel-layouts.js";
import { ChannelSynthesis } from "./channel-synthesis.js";
import { FilterBank } from "./filter-bank.js";
import { NoiseSource } from "./noise.js";
import type { LayoutElement } from "./program-config-element.js";
import { RawDataBlock } from "./raw-data-block.js";
import { bandsOf } from "./scale-factor-bands.js";

/** Packets are looked at up to here: 16 elements of 2 channels have at most 6144 bits a channel. */
const MAX_PACKET_BYTES = 32768;

/** Decodes the packets of one AAC stream: one or several raw_data_blocks each. */
export class AacDecoder implements PacketDecoder {
  readonly #config: AudioSpecificConfig;
  readonly #block: RawDataBlock;
  readonly #filterBank: FilterBank;
  /** One a channel, in the order of the stream. */
  #states: ChannelSynthesis[] = [];
  #layout: readonly LayoutElement[] | null;
  /** The elements of the last good block. */
  #met: MetElement[] = [];
  nDamaged = 0;

  constructor(config: AudioSpecificConfig) {
    const { objectType, sampleRate, frameLength, layout } = config;
    this.#config = config;
    this.#layout = layout;
    this.#block = new RawDataBlock({
      objectType,
      bands: bandsOf(sampleRate, frameLength),
      frameLength,
      noise: new NoiseSource(),
    });
    this.#filterBank = new FilterBank(frameLength);
  }

  decode(data: Uint8Array): Pcm | null {
    const bits = new BitReader(data.subarray(0, MAX_PACKET_BYTES));
    const isFound = this.#readBlock(bits);
    const blocks = [isFound ? this.#synthesise() : this.#conceal()];
    // A frame of ADTS may hold several blocks and not say where they begin.
    while (isFound && bits.leftBits >= 16) {
      const before = signature(this.#met);
      if (!this.#readBlock(bits) || signature(this.#block.elements) !== before) break;
      blocks.push(this.#synthesise());
    }
    return this.#pcm(blocks);
  }

  reset(): void {
    for (const state of this.#states) state.reset();
    this.#block.reset();
  }

  free(): void {}

  /** Whether a whole block with sound could be read. */
  #readBlock(bits: BitReader): boolean {
    try {
      this.#block.read(bits);
      return true;
    } catch (error) {
      if (error instanceof BrokenFrame) return false;
      throw error;
    }
  }

  /** The sound of the block just read, one array a channel. */
  #synthesise(): Float32Array[] {
    const { elements, layout } = this.#block;
    if (layout !== null) this.#layout = layout;
    if (elements.length > 0) {
      const before = signature(this.#met);
      this.#met = elements.map(({ kind, tag }) => ({ kind, tag }));
      if (signature(this.#met) !== before) this.#restart();
    }
    const streams = elements.flatMap(({ channels }) => channels);
    const channels = this.#states.map((state, i) => {
      const stream = streams[i];
      return stream === undefined ? state.fadeOut() : state.synthesise(stream);
    });
    if (channels.every((samples) => samples !== null)) return channels;
    for (const state of this.#states) state.reset();
    return this.#conceal();
  }

  /** Silence of the last layout instead of a block that can't be decoded. */
  #conceal(): Float32Array[] {
    this.nDamaged++;
    this.#block.reset();
    return this.#states.map((state) => state.fadeOut());
  }

  /** Begins with other channels. */
  #restart(): void {
    const { objectType, frameLength } = this.#config;
    const nChannels = this.#met.reduce((sum, { kind }) => sum + (kind === "pair" ? 2 : 1), 0);
    this.#states = Array.from(
      { length: nChannels },
      () => new ChannelSynthesis(objectType, frameLength, this.#filterBank),
    );
  }

  #pcm(blocks: readonly Float32Array[][]): Pcm | null {
    const channels = this.#states.map((_, i) => concatenate(blocks.map((block) => block[i]!)));
    if (channels.length === 0) return null;
    return { channels, sampleRate: this.#config.sampleRate, speakers: speakersOf(this.#met, this.#layout) };
  }
}

function signature(elements: readonly MetElement[]): string {
  return elements.map(({ kind }) => kind).join();
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
