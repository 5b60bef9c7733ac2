import { corrupt } from "../corrupt.js";
import { parseSetup, type VorbisSetup } from "./vorbis/setup.js";

/** Vorbis's identification header. */
export interface VorbisIdentification {
  readonly nChannels: number;
  readonly sampleRate: number;
  /** Samples of short and of long blocks. */
  readonly blockSizes: readonly [number, number];
}

/** Reads a packet that begins with "\x01vorbis", null where it is invalid. */
export function vorbisIdentification(packet: Uint8Array): VorbisIdentification | null {
  if (packet.length < 29 || packet[0] !== 1) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const [short, long] = [packet[28]! & 15, packet[28]! >> 4];
  const [nChannels, sampleRate] = [packet[11]!, view.getUint32(12, true)];
  if (nChannels === 0 || sampleRate === 0 || short < 6 || short > long || long > 13) return null;
  return { nChannels, sampleRate, blockSizes: [1 << short, 1 << long] };
}

/** The codec's header as Matroska's CodecPrivate has it (Xiph lacing), with no comments in it. */
export function vorbisHeader(identification: Uint8Array, setup: Uint8Array): Uint8Array {
  const comments = Uint8Array.from(
    [3, ..."vorbis"].map((x) => (typeof x === "string" ? x.charCodeAt(0) : x)),
  );
  const sizes = [identification.length, comments.length].flatMap((size) => [
    ...new Array<number>(Math.floor(size / 255)).fill(255),
    size % 255,
  ]);
  const header = new Uint8Array(1 + sizes.length + identification.length + comments.length + setup.length);
  header[0] = 2; // packets beside the last one
  header.set(sizes, 1);
  let at = 1 + sizes.length;
  for (const packet of [identification, comments, setup]) {
    header.set(packet, at);
    at += packet.length;
  }
  return header;
}

/** Reads the header packets, in Xiph lacing. */
export function readVorbisHeader(
  header: Uint8Array,
  fileName: string,
): { identification: VorbisIdentification; setup: VorbisSetup } {
  let at = 1;
  const sizes = [0, 0].map(() => {
    let size = 0;
    while (header[at] === 255) size += header[at++]!;
    return size + (header[at++] ?? 0);
  });
  const identification = vorbisIdentification(header.subarray(at, at + sizes[0]!));
  const setupPacket = header.subarray(at + sizes[0]! + sizes[1]!);
  const setup = identification && parseSetup(setupPacket, identification.nChannels);
  if (header[0] !== 2 || identification === null || setup === null) throw corrupt(fileName, "Vorbis header");
  return { identification, setup };
}

/** Samples in a packet: half of each of two neighbouring blocks. */
export class VorbisClock {
  readonly #blockSizes: readonly [number, number];
  readonly #setup: VorbisSetup;
  #blockBefore: number | null = null;

  constructor(identification: VorbisIdentification, setup: VorbisSetup) {
    this.#blockSizes = identification.blockSizes;
    this.#setup = setup;
  }

  /** Samples that the packet completes; packets come in their order. */
  duration(packet: Uint8Array): number {
    const { modes, modeBits } = this.#setup;
    if (packet.length === 0 || packet[0]! & 1) return 0;
    const mode = modes[(packet[0]! >> 1) & ((1 << modeBits) - 1)];
    if (mode === undefined) return 0;
    const block = this.#blockSizes[mode.isLong ? 1 : 0];
    const samples = this.#blockBefore === null ? 0 : (this.#blockBefore + block) / 4;
    this.#blockBefore = block;
    return samples;
  }
}
