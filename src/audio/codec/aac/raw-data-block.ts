import type { BitReader } from "../bit-reader.js";
import { BrokenFrame } from "./broken-frame.js";
import { skipCoupling } from "./coupling.js";
import { Element, type ElementContext } from "./element.js";
import { type ElementKind, type LayoutElement, readProgramConfig } from "./program-config-element.js";

/** Ids of syntactic elements (ISO/IEC 14496-3, 4.5.2.1). */
const SINGLE_CHANNEL = 0;
const CHANNEL_PAIR = 1;
const COUPLING_CHANNEL = 2;
const LOW_FREQUENCIES = 3;
const DATA = 4;
const PROGRAM_CONFIG = 5;
const FILL = 6;
const END = 7;

/** More elements of sound than any layout has (22.2 has 14): damage. */
const MAX_ELEMENTS = 16;

/** Reads raw_data_blocks (4.4.2.1): one frame of all channels each. The elements' memory is used again and again. */
export class RawDataBlock {
  readonly #context: ElementContext;
  readonly #pool: Record<ElementKind, Element[]> = { single: [], pair: [], lfe: [] };
  /** The last block's elements of sound, in their order. */
  readonly elements: Element[] = [];
  /** The layout that the last block described; null where it described none. */
  layout: LayoutElement[] | null = null;

  constructor(context: ElementContext) {
    this.#context = context;
  }

  /** Forgets the state from earlier blocks. */
  reset(): void {
    for (const element of Object.values(this.#pool).flat()) element.reset();
  }

  /** @throws BrokenFrame */
  read(bits: BitReader): void {
    this.elements.length = 0;
    this.layout = null;
    for (;;) {
      const id = bits.uint(3);
      if (bits.isPastEnd) throw new BrokenFrame("block without an end");
      if (id === END) break;
      this.#readElement(bits, id);
    }
    bits.align();
  }

  #readElement(bits: BitReader, id: number): void {
    switch (id) {
      case SINGLE_CHANNEL:
        this.#readSound(bits, "single");
        break;
      case CHANNEL_PAIR:
        this.#readSound(bits, "pair");
        break;
      case LOW_FREQUENCIES:
        this.#readSound(bits, "lfe");
        break;
      case COUPLING_CHANNEL:
        skipCoupling(bits, this.#context);
        break;
      case DATA:
        skipData(bits);
        break;
      case PROGRAM_CONFIG:
        this.layout = readProgramConfig(bits);
        break;
      case FILL:
        skipFill(bits);
        break;
    }
  }

  #readSound(bits: BitReader, kind: ElementKind): void {
    const nSoFar = this.elements.filter((element) => element.kind === kind).length;
    if (this.elements.length >= MAX_ELEMENTS) throw new BrokenFrame("too many elements");
    let element = this.#pool[kind][nSoFar];
    if (element === undefined) {
      element = new Element(kind, this.#context);
      this.#pool[kind].push(element);
    }
    element.read(bits);
    this.elements.push(element);
  }
}

/** data_stream_element: bytes for others. */
function skipData(bits: BitReader): void {
  bits.skip(4);
  const isAligned = bits.flag();
  let count = bits.uint(8);
  if (count === 255) count += bits.uint(8);
  if (isAligned) bits.align();
  bits.skip(8 * count);
}

/** fill_element: padding, dynamic range, and the upper band of HE-AAC, which is not played here. */
function skipFill(bits: BitReader): void {
  let count = bits.uint(4);
  if (count === 15) count += bits.uint(8) - 1;
  bits.skip(8 * count);
}
