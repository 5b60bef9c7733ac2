import { VK_INCOMPLETE, VK_SUCCESS } from "../bindings/generated/constants.js";
import { koffi } from "../bindings/koffi.js";
import { type Encodable, encodeInto, type Struct } from "../bindings/layout.js";
import type { Pointer } from "../bindings/signature.js";

/** A pointer as it goes through the tables of functions: untyped there, a Buffer or an address. */
type Address = Exclude<Pointer, null>;

/** A copy of the bytes a call points at. */
export function readBytes(pointer: Address, sizeBytes: number): Buffer {
  if (typeof pointer !== "bigint") return Buffer.from(pointer.subarray(0, sizeBytes));
  return Buffer.from(koffi().decode(pointer, "uint8_t", sizeBytes) as Uint8Array);
}

/** An array of 64-bit handles. */
export function handlesAt(pointer: Pointer, count: number): bigint[] {
  const bytes = readBytes(pointer!, count * 8);
  return Array.from({ length: count }, (_, i) => bytes.readBigUInt64LE(i * 8));
}

export function writeBytes(pointer: Address, bytes: Uint8Array): void {
  if (typeof pointer !== "bigint") pointer.set(bytes);
  else koffi().encode(pointer, "uint8_t", bytes, bytes.byteLength);
}

/** Sets some fields of a structure that is at a pointer, `offset` bytes on; the others stay. */
export function patch<S extends Struct>(
  pointer: Address,
  offset: number,
  type: S,
  values: Encodable<S>,
): void {
  const bytes = readBytes(pointer, offset + type.sizeBytes);
  encodeInto(bytes, offset, type, values as Readonly<Record<string, unknown>>);
  writeBytes(pointer, bytes);
}

/** The structures chained to one that begins with sType and pNext. */
export function* chainedTo(pointer: Address): Generator<{ readonly type: number; readonly address: bigint }> {
  let address = readBytes(pointer, 16).readBigUInt64LE(8);
  while (address !== 0n) {
    const head = readBytes(address, 16);
    yield { type: head.readUInt32LE(), address };
    address = head.readBigUInt64LE(8);
  }
}

/** A NUL-terminated string; Vulkan's names are shorter than 256 bytes. */
export function readText(address: bigint): string {
  let text = "";
  for (let i = 0n; i < 256n; i++) {
    const code = koffi().decode(address + i, "uint8_t") as number;
    if (code === 0) break;
    text += String.fromCharCode(code);
  }
  return text;
}

/** Answers a call that counts or lists: how many there are where it passes null, else as many as there is room for. */
export function list(count: Pointer, into: Pointer, elements: readonly Uint8Array[]): number {
  const room = readBytes(count!, 4).readUInt32LE();
  const n = into === null ? elements.length : Math.min(room, elements.length);
  writeBytes(count!, Buffer.from(Uint32Array.of(n).buffer));
  if (into === null) return VK_SUCCESS;
  writeBytes(into, Buffer.concat(elements.slice(0, n)));
  return n < elements.length ? VK_INCOMPLETE : VK_SUCCESS;
}
