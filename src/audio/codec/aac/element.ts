import type { BitReader } from "./bit-reader.js";
import { BrokenFrame } from "./broken-frame.js";
import { ChannelStream, MAX_BANDS } from "./channel-stream.js";
import type { NoiseSource } from "./noise.js";
import type { ElementKind } from "./program-config-element.js";
import { readChannel } from "./read-channel.js";
import type { Bands } from "./scale-factor-bands.js";
import { applyIntensity, applyMidSide } from "./stereo.js";
import { applyTns } from "./tns.js";

/** Highest order of temporal noise shaping in long windows (ISO/IEC 14496-3, 4.6.9.4). */
const MAX_TNS_ORDER = 12;

/** What all elements of a stream have in common. */
export interface ElementContext {
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
  /** By group * maxBand + band: 1 where a pair's channels are coded as middle and side. */
  readonly #midSide = new Uint8Array(MAX_BANDS);

  constructor(kind: ElementKind, context: ElementContext) {
    this.kind = kind;
    this.#context = context;
    const { bands, frameLength } = context;
    this.channels = Array.from(
      { length: kind === "pair" ? 2 : 1 },
      () => new ChannelStream(bands, frameLength),
    );
  }

  /** Reads the element behind its id up to the spectra that the filter bank needs. */
  read(bits: BitReader): void {
    this.tag = bits.read(4);
    const [left, right] = this.channels;
    if (right === undefined) this.#readSingle(bits, left!);
    else this.#readPair(bits, left!, right);
    for (const stream of this.channels) applyTns(stream, stream.spectrum);
  }

  #readSingle(bits: BitReader, stream: ChannelStream): void {
    readChannel(bits, stream, () => this.#readInfo(bits, stream), MAX_TNS_ORDER);
    this.#context.noise.fill(stream);
  }

  #readPair(bits: BitReader, left: ChannelStream, right: ChannelStream): void {
    this.#midSide.fill(0);
    const isCommon = bits.flag();
    if (isCommon) {
      this.#readInfo(bits, left);
      right.info.copyFrom(left.info);
      this.#readMask(bits, left.info.nGroups * left.info.maxBand);
    }
    for (const stream of this.channels) {
      readChannel(bits, stream, isCommon ? null : () => this.#readInfo(bits, stream), MAX_TNS_ORDER);
    }
    this.#context.noise.fillPair(left, right, this.#midSide);
    if (isCommon) {
      applyMidSide(left, right, this.#midSide);
      applyIntensity(left, right, this.#midSide);
    }
  }

  #readInfo(bits: BitReader, stream: ChannelStream): void {
    if (stream.info.read(bits)) throw new BrokenFrame("prediction belongs to another profile");
  }

  /** ms_mask_present: 0 no band, 1 as the bits behind say, 2 all bands. */
  #readMask(bits: BitReader, nBands: number): void {
    const present = bits.read(2);
    if (present === 3) throw new BrokenFrame("reserved mask of middle and side");
    if (present === 2) this.#midSide.fill(1);
    if (present === 1) for (let i = 0; i < nBands; i++) this.#midSide[i] = bits.read(1);
  }
}
