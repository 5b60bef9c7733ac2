import type { BitReader } from "../bit-reader.js";
import { MAIN } from "./audio-specific-config.js";
import { BrokenFrame } from "./broken-frame.js";
import { ChannelStream, MAX_BANDS } from "./channel-stream.js";
import type { NoiseSource } from "./noise.js";
import { Predictors } from "./prediction.js";
import type { ElementKind } from "./program-config-element.js";
import { readChannel } from "./read-channel.js";
import { readInfo } from "./read-info.js";
import type { Bands } from "./scale-factor-bands.js";
import { applyIntensity, applyMidSide } from "./stereo.js";

/** What all elements of a stream have in common. */
export interface ElementContext {
  /** Main, LC or LTP. */
  readonly objectType: number;
  readonly bands: Bands;
  /** 1024 or 960 coefficients. */
  readonly frameLength: number;
  readonly noise: NoiseSource;
}

/** A single_channel_element, lfe_channel_element or channel_pair_element: one or two channels. Used again each frame. */
export class Element {
  readonly kind: ElementKind;
  tag = 0;
  readonly channels: readonly ChannelStream[];
  readonly #context: ElementContext;
  /** One a channel in the Main profile, else none. */
  readonly #predictors: readonly Predictors[];
  /** By group * maxBand + band: 1 where a pair's channels are coded as middle and side. */
  readonly #midSide = new Uint8Array(MAX_BANDS);

  constructor(kind: ElementKind, context: ElementContext) {
    this.kind = kind;
    this.#context = context;
    const { objectType, bands, frameLength } = context;
    this.channels = Array.from(
      { length: kind === "pair" ? 2 : 1 },
      () => new ChannelStream(bands, frameLength),
    );
    this.#predictors = objectType === MAIN ? this.channels.map(() => new Predictors()) : [];
  }

  /** Reads the element after its id and makes its spectra, up to long-term prediction and noise shaping in time. */
  read(bits: BitReader): void {
    this.tag = bits.uint(4);
    const [left, right] = this.channels;
    if (right === undefined) this.#readSingle(bits, left!);
    else this.#readPair(bits, left!, right);
  }

  /** Forgets the state from earlier frames. */
  reset(): void {
    for (const predictors of this.#predictors) predictors.reset();
  }

  #readSingle(bits: BitReader, stream: ChannelStream): void {
    readChannel(
      bits,
      stream,
      () => readInfo(bits, [stream], this.#context.objectType),
      this.#context.objectType,
    );
    this.#context.noise.fill(stream);
    this.#predict();
  }

  #readPair(bits: BitReader, left: ChannelStream, right: ChannelStream): void {
    const { objectType, noise } = this.#context;
    this.#midSide.fill(0);
    const isCommon = bits.flag();
    if (isCommon) {
      readInfo(bits, [left, right], objectType);
      this.#readMask(bits, left.info.nGroups * left.info.maxBand);
    }
    for (const stream of this.channels) {
      readChannel(bits, stream, isCommon ? null : () => readInfo(bits, [stream], objectType), objectType);
    }
    noise.fillPair(left, right, this.#midSide);
    if (isCommon) applyMidSide(left, right, this.#midSide);
    this.#predict();
    if (isCommon) applyIntensity(left, right, this.#midSide);
  }

  #predict(): void {
    this.#predictors.forEach((predictors, i) => {
      predictors.apply(this.channels[i]!);
    });
  }

  /** ms_mask_present: 0: no band, 1: the bands that the next bits say, 2: all bands. */
  #readMask(bits: BitReader, nBands: number): void {
    const present = bits.uint(2);
    if (present === 3) throw new BrokenFrame("reserved mask of middle and side");
    if (present === 2) this.#midSide.fill(1);
    if (present === 1) for (let i = 0; i < nBands; i++) this.#midSide[i] = bits.uint(1);
  }
}
