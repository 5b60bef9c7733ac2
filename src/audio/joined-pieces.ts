import { type Gap, lengthOf, type Pcm } from "./pcm.js";

/** Samples of the shortest piece that is handed on by itself. */
export const MIN_PIECE = 2048;

/** Joins short pieces of sound: to hand on a few milliseconds costs as much as to decode them. */
export class JoinedPieces {
  readonly #minSamples: number;
  #parts: Pcm[] = [];
  #nSamples = 0;

  constructor(minSamples: number) {
    this.#minSamples = minSamples;
  }

  /** Takes a piece, whose samples nobody writes to later; returns what is long enough now, in its order. */
  push(piece: Pcm | Gap): (Pcm | Gap)[] {
    if ("silentSeconds" in piece || lengthOf(piece) >= this.#minSamples) return [...this.flush(), piece];
    const [first] = this.#parts;
    const before = first === undefined || isAlike(first, piece) ? [] : this.flush();
    this.#parts.push(piece);
    this.#nSamples += lengthOf(piece);
    return this.#nSamples < this.#minSamples ? before : [...before, ...this.flush()];
  }

  /** What is still held. */
  flush(): Pcm[] {
    const parts = this.#parts;
    const [first] = parts;
    if (first === undefined) return [];
    const channels = first.channels.map((_, c) => {
      const whole = new Float32Array(this.#nSamples);
      let at = 0;
      for (const { channels } of parts) {
        whole.set(channels[c]!, at);
        at += channels[c]!.length;
      }
      return whole;
    });
    this.#parts = [];
    this.#nSamples = 0;
    return [{ ...first, channels }];
  }
}

/** The same, for pieces as they come. */
export async function* joinedPieces(pieces: AsyncIterable<Pcm | Gap>): AsyncGenerator<Pcm | Gap> {
  const joined = new JoinedPieces(MIN_PIECE);
  for await (const piece of pieces) yield* joined.push(piece);
  yield* joined.flush();
}

function isAlike(a: Pcm, b: Pcm): boolean {
  if (a.sampleRate !== b.sampleRate || a.channels.length !== b.channels.length) return false;
  return a.speakers === b.speakers || a.speakers?.join() === b.speakers?.join();
}
