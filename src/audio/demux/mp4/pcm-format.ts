import type { SampleFormat } from "../../packet.js";
import { find, viewOf } from "./boxes.js";

/** What a sound description says of how samples are stored. */
export interface PcmDescription {
  /** Four letters: "sowt". */
  readonly type: string;
  readonly bits: number;
  /** QuickTime's version 2 only: 1 float, 2 big-endian, 4 signed. */
  readonly flags: number;
  readonly children: Uint8Array;
}

const BIG: Record<number, SampleFormat> = { 8: "s8", 16: "s16be", 24: "s24be", 32: "s32be" };
const LITTLE: Record<number, SampleFormat> = { 8: "s8", 16: "s16le", 24: "s24le", 32: "s32le" };
const FLOATS_BIG: Record<number, SampleFormat> = { 32: "f32be", 64: "f64be" };
const FLOATS_LITTLE: Record<number, SampleFormat> = { 32: "f32le", 64: "f64le" };

/** Null: no PCM, or none that can be read. */
export function pcmFormat({ type, bits, flags, children }: PcmDescription): SampleFormat | null {
  const isLittle = isLittleEndian(children);
  const integers = isLittle ? LITTLE : BIG;
  const floats = isLittle ? FLOATS_LITTLE : FLOATS_BIG;
  switch (type) {
    case "raw ":
    case "NONE":
      return bits > 8 ? (BIG[bits] ?? null) : "u8";
    case "twos":
      return integers[bits] ?? null;
    case "sowt":
      return LITTLE[bits] ?? null;
    case "in24":
      return integers[24]!;
    case "in32":
      return integers[32]!;
    case "fl32":
      return floats[32]!;
    case "fl64":
      return floats[64]!;
    case "alaw":
      return "alaw";
    case "ulaw":
      return "mulaw";
    case "lpcm":
      return linear(bits, flags);
    case "ipcm":
    case "fpcm":
      return iso(type === "fpcm", children);
    default:
      return null;
  }
}

function linear(bits: number, flags: number): SampleFormat | null {
  if (flags & 1) return (flags & 2 ? FLOATS_BIG : FLOATS_LITTLE)[bits] ?? null;
  if (bits === 8) return flags & 4 ? "s8" : "u8";
  return (flags & 2 ? BIG : LITTLE)[bits] ?? null;
}

/** ISO/IEC 23003-5: a `pcmC` box with byte order and bits. */
function iso(isFloat: boolean, children: Uint8Array): SampleFormat | null {
  const config = find(children, "pcmC");
  if (config === null || config.length < 6) return null;
  const [isLittle, bits] = [(config[4]! & 1) === 1, config[5]!];
  if (isFloat) return (isLittle ? FLOATS_LITTLE : FLOATS_BIG)[bits] ?? null;
  return (isLittle ? LITTLE : BIG)[bits] ?? null;
}

/** QuickTime's `enda` box, in the description or its `wave` box. */
function isLittleEndian(children: Uint8Array): boolean {
  const enda = find(children, "wave", "enda") ?? find(children, "enda");
  return enda !== null && enda.length >= 2 && viewOf(enda).getUint16(0) === 1;
}
