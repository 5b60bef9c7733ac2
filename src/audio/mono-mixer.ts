import { mix, monoWeights } from "./mix-down.js";
import { lengthOf, type Pcm } from "./pcm.js";

/** Mono samples at the rate of the recording. */
export interface Mono {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

/** Length of the blocks in which channels are compared and mixed. */
const BLOCK_SECONDS = 0.25;
/** From one channel to the mix and back. */
const FADE_SECONDS = 0.05;
/** Mean square of what counts as sound: -60 dB. */
const SOUND_POWER = 1e-6;
/** How much of the block before counts beside a block. */
const MEMORY = 0.5;
/**
 * Power of the mix divided by the power that unrelated channels would give. Speech in stereo has 1 to 2; where one wire
 * is swapped, only noise is left. With a centre channel the mix is kept longer, since its speech may be quiet beside loud music.
 */
const CANCELS_BELOW = { stereo: 0.05, surround: 0.003 };
const MIXES_ABOVE = 0.25;
/** A channel used alone for at least this long is reported. */
const TOLD_SECONDS = 0.5;

/**
 * Mixes recordings to mono, block by block, and detects channels that cancel each other out: then the loudest of them is
 * used instead, as long as they do. Each decision looks at the block and at the sound before it, mainly the last second,
 * and needs nothing that follows. A recording that cancels throughout is audible from its first block.
 * Where channels begin to cancel in the middle, detecting it takes a second or two. A short fade
 * joins one to the other.
 */
export class MonoMixer {
  #rate = 0;
  #weights: number[] = [];
  /** One a channel, `#filled` samples each. */
  #block: Float32Array[] = [];
  #filled = 0;
  #comparison = new Comparison([]);
  /** The channel taken alone; null for the mix. */
  #alone: number | null = null;
  /** No sound has come yet. */
  #isFresh = true;
  #aloneSeconds = 0;

  /** The channel that was used alone (0 is the first) and the number of channels; null where that never, or hardly, happened. */
  told: { readonly channel: number; readonly nChannels: number } | null = null;

  /** Takes sound; returns the mono blocks that it completes. */
  push(pcm: Pcm): Mono[] {
    const done: Mono[] = [];
    const nSamples = lengthOf(pcm);
    if (pcm.channels.length === 1) {
      done.push(...this.flush());
      if (nSamples > 0) done.push({ samples: pcm.channels[0]!, sampleRate: pcm.sampleRate });
      return done;
    }
    const weights = monoWeights(pcm);
    const isSame = weights.length === this.#weights.length && weights.every((w, i) => w === this.#weights[i]);
    if (pcm.sampleRate !== this.#rate || !isSame) {
      done.push(...this.flush());
      this.#begin(pcm, weights);
    }
    const blockSamples = this.#block[0]?.length ?? 0;
    for (let at = 0; at < nSamples; ) {
      const end = Math.min(nSamples, at + blockSamples - this.#filled);
      this.#block.forEach((block, c) => {
        block.set(pcm.channels[c]!.subarray(at, end), this.#filled);
      });
      this.#filled += end - at;
      at = end;
      if (this.#filled === blockSamples) done.push(...this.flush());
    }
    return done;
  }

  /** The sound that is still buffered. */
  flush(): Mono[] {
    if (this.#filled === 0) return [];
    const channels = this.#block.map((block) => block.subarray(0, this.#filled));
    this.#filled = 0;
    return [{ samples: this.#mixBlock(channels), sampleRate: this.#rate }];
  }

  #begin({ channels, sampleRate }: Pcm, weights: number[]): void {
    const blockSamples = Math.max(1, Math.round(sampleRate * BLOCK_SECONDS));
    this.#block = channels.map(() => new Float32Array(blockSamples));
    this.#rate = sampleRate;
    this.#weights = weights;
    this.#comparison = new Comparison(weights);
    this.#alone = null;
    this.#isFresh = true;
  }

  #mixBlock(channels: readonly Float32Array[]): Float32Array {
    const mono = mix(channels, this.#weights);
    const before = this.#alone;
    if (this.#comparison.add(channels, mono)) {
      this.#alone = this.#comparison.choose(before);
      if (this.#isFresh) {
        this.#isFresh = false;
        return this.#take(this.#alone, channels, mono);
      }
    }
    const now = this.#take(this.#alone, channels, mono);
    return this.#alone === before ? now : this.#fade(this.#take(before, channels, mono), now);
  }

  #take(alone: number | null, channels: readonly Float32Array[], mono: Float32Array): Float32Array {
    if (alone === null) return mono;
    if (alone === this.#alone) {
      this.#aloneSeconds += mono.length / this.#rate;
      if (this.#aloneSeconds >= TOLD_SECONDS) this.told ??= { channel: alone, nChannels: channels.length };
    }
    return channels[alone]!.slice();
  }

  #fade(from: Float32Array, to: Float32Array): Float32Array {
    const nFade = Math.min(to.length, Math.round(this.#rate * FADE_SECONDS));
    const faded = to.slice();
    for (let i = 0; i < nFade; i++) {
      const weight = (i + 0.5) / nFade;
      faded[i] = from[i]! * (1 - weight) + to[i]! * weight;
    }
    return faded;
  }
}

/** Powers of the channels and of their mix, over the last blocks with sound. */
class Comparison {
  readonly #weights: readonly number[];
  readonly #powers: number[];
  #mixPower = 0;

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#powers = weights.map(() => 0);
  }

  /** Takes a block; false where it contains no sound that counts. */
  add(channels: readonly Float32Array[], mono: Float32Array): boolean {
    const powers = channels.map((channel, c) => (this.#weights[c] === 0 ? 0 : powerOf(channel)));
    if (!(Math.max(...powers) > SOUND_POWER * mono.length)) return false;
    powers.forEach((power, c) => {
      this.#powers[c] = this.#powers[c]! * MEMORY + power;
    });
    this.#mixPower = this.#mixPower * MEMORY + powerOf(mono);
    return true;
  }

  /** Which channel to take alone; null for the mix. */
  choose(before: number | null): number | null {
    const expected = this.#powers.reduce((sum, power, c) => sum + power * this.#weights[c]! ** 2, 0);
    const ratio = this.#mixPower / expected;
    if (before !== null) return ratio > MIXES_ABOVE ? null : before;
    const limit = this.#weights.length === 2 ? CANCELS_BELOW.stereo : CANCELS_BELOW.surround;
    return ratio < limit ? this.#powers.indexOf(Math.max(...this.#powers)) : null;
  }
}

/** Sum of the squares. */
function powerOf(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return sum;
}
