import type { Speaker } from "../../pcm.js";
import type { BitReader } from "../bit-reader.js";

/** What an audio element carries: one channel, two, or the low-frequency channel. */
export type ElementKind = "single" | "pair" | "lfe";

/** One element of a layout, in the order of the bit stream. */
export interface LayoutElement {
  readonly kind: ElementKind;
  /** The element's tag; null where only the order counts. */
  readonly tag: number | null;
  readonly speakers: readonly Speaker[];
}

/** Reads a program_config_element after its id (ISO/IEC 14496-3, 4.4.1.1): which element feeds which loudspeakers. */
export function readProgramConfig(bits: BitReader): LayoutElement[] {
  bits.skip(4 + 2 + 4); // tag, object type, rate: the stream's own header has said them
  const nFront = bits.uint(4);
  const nSide = bits.uint(4);
  const nBack = bits.uint(4);
  const nLfe = bits.uint(2);
  const nData = bits.uint(3);
  const nCoupling = bits.uint(4);
  if (bits.flag()) bits.skip(4); // mono mix-down
  if (bits.flag()) bits.skip(4); // stereo mix-down
  if (bits.flag()) bits.skip(3); // matrix mix-down
  const front = readElements(bits, nFront);
  const side = readElements(bits, nSide);
  const back = readElements(bits, nBack);
  const lfe: LayoutElement[] = [];
  for (let i = 0; i < nLfe; i++) {
    lfe.push({ kind: "lfe", tag: bits.uint(4), speakers: [i === 0 ? "LFE" : "other"] });
  }
  bits.skip(4 * nData + 5 * nCoupling);
  bits.align();
  const nComment = bits.uint(8);
  bits.skip(8 * nComment);
  return [...placeFront(front), ...placeSide(side), ...placeBack(back, side.length > 0), ...lfe];
}

interface Element {
  readonly isPair: boolean;
  readonly tag: number;
}

function readElements(bits: BitReader, count: number): Element[] {
  return Array.from({ length: count }, () => ({ isPair: bits.flag(), tag: bits.uint(4) }));
}

/** From the centre outwards: one alone is the centre, the last pair the usual left and right. */
function placeFront(elements: readonly Element[]): LayoutElement[] {
  const nPairs = elements.filter(({ isPair }) => isPair).length;
  const pairs: Speaker[][] =
    nPairs > 1
      ? [
          ["FLC", "FRC"],
          ["FL", "FR"],
        ]
      : [["FL", "FR"]];
  const singles: Speaker[] = elements.length - nPairs === 2 && nPairs === 0 ? ["FL", "FR"] : ["FC"];
  return place(elements, pairs, singles);
}

/** One channel alone is neither left nor right: ffmpeg's encoder writes the low frequencies of "5.1(side)" so. */
function placeSide(elements: readonly Element[]): LayoutElement[] {
  const isPairOfSingles = elements.length === 2 && elements.every(({ isPair }) => !isPair);
  return place(elements, [["SL", "SR"]], isPairOfSingles ? ["SL", "SR"] : []);
}

function placeBack(elements: readonly Element[], hasSide: boolean): LayoutElement[] {
  const nPairs = elements.filter(({ isPair }) => isPair).length;
  const back: Speaker[] = ["BL", "BR"];
  const pairs: Speaker[][] = nPairs > 1 && !hasSide ? [["SL", "SR"], back] : [back];
  return place(elements, pairs, elements.length - nPairs === 2 && nPairs === 0 ? back : ["BC"]);
}

/** Gives pairs and single channels their places in turn; "other" when these are used up. */
function place(
  elements: readonly Element[],
  pairs: readonly (readonly Speaker[])[],
  singles: readonly Speaker[],
): LayoutElement[] {
  let nPairs = 0;
  let nSingles = 0;
  return elements.map(({ isPair, tag }) =>
    isPair
      ? { kind: "pair", tag, speakers: pairs[nPairs++] ?? ["other", "other"] }
      : { kind: "single", tag, speakers: [singles[nSingles++] ?? "other"] },
  );
}
