import { bitLength, VorbisBits } from "./bits.js";
import { Codebook } from "./codebook.js";

/** A floor of type 1: a curve through points at fixed places. */
export interface Floor {
  readonly partitionClasses: readonly number[];
  readonly classes: readonly FloorClass[];
  readonly multiplier: number;
  /** Places of the points, in the order they are coded; the first two are the ends. */
  readonly places: readonly number[];
  /** The points by their places. */
  readonly order: readonly number[];
  /** Of the points before each one, the nearest on either side. */
  readonly neighbours: readonly { readonly low: number; readonly high: number }[];
}

export interface FloorClass {
  readonly dimensions: number;
  readonly subclassBits: number;
  readonly masterBook: number;
  /** Books by subclass, -1 for none. */
  readonly books: readonly number[];
}

export interface Residue {
  readonly type: number;
  readonly begin: number;
  readonly end: number;
  readonly partitionSize: number;
  readonly classBook: number;
  /** Books by class and pass, -1 for none. */
  readonly books: readonly (readonly number[])[];
}

export interface Mapping {
  readonly couplings: readonly { readonly magnitude: number; readonly angle: number }[];
  /** Submap of each channel. */
  readonly mux: readonly number[];
  readonly submaps: readonly { readonly floor: number; readonly residue: number }[];
}

/** Vorbis's setup header (Vorbis I, 4.2.4). */
export interface VorbisSetup {
  readonly codebooks: readonly Codebook[];
  readonly floors: readonly Floor[];
  readonly residues: readonly Residue[];
  readonly mappings: readonly Mapping[];
  readonly modes: readonly { readonly isLong: boolean; readonly mapping: number }[];
  readonly modeBits: number;
}

/** Thrown for an invalid header. This file always catches it. */
class Nonsense extends Error {}

/**
 * Reads a packet that begins with "\x05vorbis", null where it is invalid. Floors of type 0, which no encoder since
 * Vorbis 1.0 has written, are not known here.
 */
export function parseSetup(packet: Uint8Array, nChannels: number): VorbisSetup | null {
  try {
    return packet[0] === 5 ? readSetup(new VorbisBits(packet, 7), nChannels) : null;
  } catch (error) {
    if (error instanceof Nonsense) return null;
    throw error;
  }
}

function readSetup(bits: VorbisBits, nChannels: number): VorbisSetup {
  const codebooks = list(bits, 8, () => Codebook.read(bits) ?? nonsense());
  list(bits, 6, () => bits.uint(16)); // time domain transforms, of which there are none
  const checkBook = (book: number) => (book < codebooks.length ? book : nonsense());
  const floors = list(bits, 6, () => readFloor(bits, checkBook));
  const residues = list(bits, 6, () => readResidue(bits, checkBook, codebooks));
  const mappings = list(bits, 6, () => readMapping(bits, nChannels, floors.length, residues.length));
  const modes = list(bits, 6, () => {
    const isLong = bits.flag();
    bits.uint(32); // window and transform: there is one of each
    const mapping = bits.uint(8);
    return mapping < mappings.length ? { isLong, mapping } : nonsense();
  });
  if (bits.isPastEnd) nonsense();
  return { codebooks, floors, residues, mappings, modes, modeBits: bitLength(modes.length - 1) };
}

function nonsense(): never {
  throw new Nonsense();
}

function list<T>(bits: VorbisBits, countBits: number, read: () => T): T[] {
  return Array.from({ length: bits.uint(countBits) + 1 }, () => {
    if (bits.isPastEnd) nonsense();
    return read();
  });
}

function readFloor(bits: VorbisBits, checkBook: (book: number) => number): Floor {
  if (bits.uint(16) !== 1) nonsense();
  const partitionClasses = Array.from({ length: bits.uint(5) }, () => bits.uint(4));
  const classes = Array.from({ length: Math.max(-1, ...partitionClasses) + 1 }, (): FloorClass => {
    const dimensions = bits.uint(3) + 1;
    const subclassBits = bits.uint(2);
    const masterBook = subclassBits === 0 ? -1 : checkBook(bits.uint(8));
    const books = Array.from({ length: 1 << subclassBits }, () => checkBook(bits.uint(8) - 1));
    return { dimensions, subclassBits, masterBook, books };
  });
  const multiplier = bits.uint(2) + 1;
  const rangeBits = bits.uint(4);
  const nPlaces = partitionClasses.reduce((sum, index) => sum + classes[index]!.dimensions, 0);
  const places = [0, 1 << rangeBits, ...Array.from({ length: nPlaces }, () => bits.uint(rangeBits))];
  if (new Set(places).size !== places.length) nonsense();
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  const neighbours = places.map((_, i) => neighboursOf(places, i));
  return { partitionClasses, classes, multiplier, places, order, neighbours };
}

function neighboursOf(places: readonly number[], i: number): { low: number; high: number } {
  let [low, high] = [0, 1];
  for (let k = 2; k < i; k++) {
    if (places[k]! < places[i]! && places[k]! > places[low]!) low = k;
    if (places[k]! > places[i]! && places[k]! < places[high]!) high = k;
  }
  return { low, high };
}

function readResidue(
  bits: VorbisBits,
  checkBook: (book: number) => number,
  codebooks: readonly Codebook[],
): Residue {
  const type = bits.uint(16);
  if (type > 2) nonsense();
  const [begin, end, partitionSize] = [bits.uint(24), bits.uint(24), bits.uint(24) + 1];
  const nClasses = bits.uint(6) + 1;
  const classBook = checkBook(bits.uint(8));
  const cascades = Array.from({ length: nClasses }, () => {
    const low = bits.uint(3);
    return (bits.flag() ? bits.uint(5) * 8 : 0) + low;
  });
  const books = cascades.map((cascade) =>
    Array.from({ length: 8 }, (_, pass) => ((cascade >> pass) & 1 ? checkBook(bits.uint(8)) : -1)),
  );
  if (books.flat().some((book) => book >= 0 && codebooks[book]!.vectors === null)) nonsense();
  return { type, begin, end, partitionSize, classBook, books };
}

function readMapping(bits: VorbisBits, nChannels: number, nFloors: number, nResidues: number): Mapping {
  if (bits.uint(16) !== 0) nonsense();
  const nSubmaps = bits.flag() ? bits.uint(4) + 1 : 1;
  const channelBits = bitLength(nChannels - 1);
  const couplings = Array.from({ length: bits.flag() ? bits.uint(8) + 1 : 0 }, () => {
    const [magnitude, angle] = [bits.uint(channelBits), bits.uint(channelBits)];
    if (magnitude === angle || magnitude >= nChannels || angle >= nChannels) nonsense();
    return { magnitude, angle };
  });
  if (bits.uint(2) !== 0) nonsense();
  const mux = Array.from({ length: nChannels }, () => (nSubmaps > 1 ? bits.uint(4) : 0));
  const submaps = Array.from({ length: nSubmaps }, () => {
    bits.uint(8);
    const [floor, residue] = [bits.uint(8), bits.uint(8)];
    return floor < nFloors && residue < nResidues ? { floor, residue } : nonsense();
  });
  if (mux.some((submap) => submap >= nSubmaps)) nonsense();
  return { couplings, mux, submaps };
}
