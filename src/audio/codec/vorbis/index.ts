import type { Pcm } from "../../pcm.js";
import type { Codec, PacketDecoder } from "../codec.js";
import { Mdct } from "../mdct.js";
import { readVorbisHeader, type VorbisIdentification } from "../vorbis-header.js";
import { xiphSpeakers } from "../xiph-speakers.js";
import { VorbisBits } from "./bits.js";
import { decodeFloor } from "./floor.js";
import { decodeResidue } from "./residue.js";
import type { Mapping, VorbisSetup } from "./setup.js";

/** Vorbis: the header is its three header packets in Xiph lacing, as in Matroska's CodecPrivate. */
export const vorbis: Codec = {
  name: "vorbis",
  async open({ header }, fileName) {
    const { identification, setup } = readVorbisHeader(header, fileName);
    return new VorbisDecoder(identification, setup);
  },
};

class VorbisDecoder implements PacketDecoder {
  readonly #identification: VorbisIdentification;
  readonly #setup: VorbisSetup;
  /** For short and for long blocks. */
  readonly #sizes: readonly [BlockSize, BlockSize];
  /** Second half of the block before, windowed, one a channel; null at the start. */
  #before: Float64Array[] | null = null;
  nDamaged = 0;

  constructor(identification: VorbisIdentification, setup: VorbisSetup) {
    const { blockSizes, nChannels } = identification;
    this.#identification = identification;
    this.#setup = setup;
    this.#sizes = [new BlockSize(blockSizes[0], nChannels), new BlockSize(blockSizes[1], nChannels)];
  }

  decode(data: Uint8Array): Pcm | null {
    const { modes, modeBits, mappings } = this.#setup;
    const bits = new VorbisBits(data);
    if (data.length === 0) return null;
    const isHeader = bits.flag();
    const mode = modes[bits.uint(modeBits)];
    if (isHeader || mode === undefined) {
      this.nDamaged += 1;
      return null;
    }
    const isLong = mode.isLong;
    const isLongBefore = isLong && bits.flag();
    const isLongBehind = isLong && bits.flag();
    const size = this.#sizes[isLong ? 1 : 0];
    this.#readSpectra(bits, mappings[mode.mapping]!, size);
    const { spectra, blocks, transform } = size;
    for (const [c, block] of blocks.entries()) {
      transform.inverse(spectra[c]!, 0, block, 1);
      applyWindow(block, this.#sizes[isLongBefore ? 1 : 0].slope, this.#sizes[isLongBehind ? 1 : 0].slope);
    }
    const pcm = this.#before && this.#overlap(this.#before, blocks);
    for (const [c, tail] of size.tails.entries()) tail.set(blocks[c]!.subarray(tail.length));
    this.#before = size.tails;
    return pcm;
  }

  /** Each channel's spectrum: its floor curve times its residue. */
  #readSpectra(bits: VorbisBits, { mux, submaps, couplings }: Mapping, { curves, spectra }: BlockSize): void {
    const { codebooks, floors, residues } = this.#setup;
    const hasCurve = mux.map((submap, c) =>
      decodeFloor(bits, floors[submaps[submap]!.floor]!, codebooks, curves[c]!),
    );
    const isCoded = hasCurve.slice();
    for (const { magnitude, angle } of couplings) {
      if (isCoded[magnitude] || isCoded[angle]) [isCoded[magnitude], isCoded[angle]] = [true, true];
    }
    for (const spectrum of spectra) spectrum.fill(0);
    submaps.forEach(({ residue }, submap) => {
      const own = mux.flatMap((of, c) => (of === submap ? [isCoded[c] ? spectra[c]! : null] : []));
      decodeResidue(bits, residues[residue]!, codebooks, own, spectra[0]!.length);
    });
    for (const { magnitude, angle } of couplings.toReversed()) uncouple(spectra[magnitude]!, spectra[angle]!);
    for (const [c, spectrum] of spectra.entries()) {
      if (hasCurve[c]) multiply(spectrum, curves[c]!);
      else spectrum.fill(0);
    }
  }

  /** Adds the second half of the block before to the first half of this one. */
  #overlap(before: readonly Float64Array[], blocks: readonly Float64Array[]): Pcm {
    const { sampleRate, nChannels } = this.#identification;
    const channels = blocks.map((block, c) => overlapped(before[c]!, block));
    return { channels, sampleRate, speakers: xiphSpeakers(nChannels) };
  }

  reset(): void {
    this.#before = null;
  }

  free(): void {}
}

/** What blocks of one size take: the transform, half of their window, and working memory that is used again and again. */
class BlockSize {
  readonly transform: Mdct;
  /** The window's rising half. */
  readonly slope: Float32Array;
  readonly curves: readonly Float32Array[];
  readonly spectra: readonly Float64Array[];
  readonly blocks: readonly Float64Array[];
  readonly tails: Float64Array[];

  constructor(size: number, nChannels: number) {
    const half = size / 2;
    const forEach = <T>(make: () => T) => Array.from({ length: nChannels }, make);
    this.transform = new Mdct(half);
    this.slope = slope(half);
    this.curves = forEach(() => new Float32Array(half));
    this.spectra = forEach(() => new Float64Array(half));
    this.blocks = forEach(() => new Float64Array(size));
    this.tails = forEach(() => new Float64Array(half));
  }
}

/** The middles of both blocks are apart by half of each one's half. */
function overlapped(old: Float64Array, block: Float64Array): Float32Array {
  const half = block.length / 2;
  const samples = new Float32Array((old.length + half) / 2);
  const shift = (old.length - half) / 2;
  for (let i = 0; i < samples.length; i++) {
    samples[i] = (i < old.length ? old[i]! : 0) + (i >= shift ? block[i - shift]! : 0);
  }
  return samples;
}

function multiply(values: Float64Array, factors: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i]! *= factors[i]!;
}

function slope(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) =>
    Math.sin((Math.PI / 2) * Math.sin(((i + 0.5) / length) * (Math.PI / 2)) ** 2),
  );
}

/** A long block beside a short one rises, or falls, as fast as the short one, in the middle of its half. */
function applyWindow(block: Float64Array, rise: Float32Array, fall: Float32Array): void {
  const half = block.length / 2;
  const [riseAt, fallAt] = [(half - rise.length) / 2, half + (half - fall.length) / 2];
  block.fill(0, 0, riseAt);
  for (let i = 0; i < rise.length; i++) block[riseAt + i]! *= rise[i]!;
  for (let i = 0; i < fall.length; i++) block[fallAt + i]! *= fall[fall.length - 1 - i]!;
  block.fill(0, fallAt + fall.length);
}

/** Magnitude and angle of two channels back to both (Vorbis I, 4.3.5). */
function uncouple(magnitudes: Float64Array, angles: Float64Array): void {
  for (let i = 0; i < magnitudes.length; i++) {
    const magnitude = magnitudes[i]!;
    const angle = angles[i]!;
    const other = magnitude > 0 === angle > 0 ? magnitude - angle : magnitude + angle;
    magnitudes[i] = angle > 0 ? magnitude : other;
    angles[i] = angle > 0 ? other : magnitude;
  }
}
