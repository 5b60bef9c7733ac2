import { koffi } from "./koffi.js";
import type { Pointer } from "./signature.js";

/**
 * C structures as byte layouts, encoded into plain Buffers: passing those to foreign calls is ten times
 * cheaper than passing objects. Vulkan's structures hold fixed-width integers, floats, size_t and pointers only,
 * no bit fields and no `long`; with natural alignment, the rule of every 64-bit C ABI (System V, Windows,
 * Apple and ARM), their layout is the same on Linux, Windows and macOS.
 */
export interface Struct<F extends Fields = Fields> {
  readonly name: string;
  readonly sizeBytes: number;
  /** VkStructureType, written to the field sType where there is one. */
  readonly type: number;
  readonly fields: F;
}

type Fields = { readonly [name: string]: Field };

/** `count` is null for a single value, else the length of a fixed array. */
export interface Field<T = unknown, E = T> {
  readonly offset: number;
  readonly count: number | null;
  readonly kind: "u8" | "u32" | "i32" | "u64" | "f32" | "pointer" | "text" | "struct";
  readonly struct: Struct | null;
  /** Only for the type checker: what decoding gives and encoding takes. */
  readonly decoded?: T;
  readonly encoded?: E;
}

export type Decoded<S extends Struct> = {
  readonly [N in keyof S["fields"]]: S["fields"][N] extends Field<infer T, infer _> ? T : never;
};
export type Encodable<S extends Struct> = {
  readonly [N in keyof S["fields"]]?: S["fields"][N] extends Field<infer _, infer E> ? E : never;
};

export function struct<F extends Fields>(
  name: string,
  sizeBytes: number,
  type: number,
  fields: F,
): Struct<F> {
  return { name, sizeBytes, type, fields };
}

interface Declare<T, E> {
  (offset: number): Field<T, E>;
  (offset: number, count: number): Field<readonly T[], readonly E[]>;
}
function scalar<T, E = T>(kind: Field["kind"]): Declare<T, E> {
  return ((offset: number, count: number | null = null) => ({
    offset,
    count,
    kind,
    struct: null,
  })) as Declare<T, E>;
}
export const u8 = scalar<number>("u8");
export const u32 = scalar<number>("u32");
export const i32 = scalar<number>("i32");
export const u64 = scalar<bigint, bigint | number>("u64");
export const f32 = scalar<number>("f32");
export const pointer = scalar<bigint, Pointer>("pointer");

/** A NUL-terminated string in a fixed array of `count` chars. */
export function text(offset: number, count: number): Field<string> {
  return { offset, count, kind: "text", struct: null };
}

export function nested<S extends Struct>(offset: number, type: S): Field<Decoded<S>, Encodable<S>>;
export function nested<S extends Struct>(
  offset: number,
  type: S,
  count: number,
): Field<readonly Decoded<S>[], readonly Encodable<S>[]>;
export function nested(offset: number, type: Struct, count: number | null = null): Field {
  return { offset, count, kind: "struct", struct: type };
}

// A structure that points at other Buffers must keep them alive for as long as it lives itself.
const held = new WeakMap<Uint8Array, unknown[]>();

/** Zeroed bytes of a structure with the given fields set. Pointers may be Buffers; they are kept alive with it. */
export function encode<S extends Struct>(type: S, values: Encodable<S> = {}): Buffer {
  const bytes = Buffer.alloc(type.sizeBytes);
  encodeInto(bytes, 0, type, values);
  return bytes;
}

/** An array of structures, one after the other. */
export function encodeArray<S extends Struct>(type: S, elements: readonly Encodable<S>[]): Buffer {
  const bytes = Buffer.alloc(type.sizeBytes * elements.length);
  elements.forEach((values, i) => {
    encodeInto(bytes, i * type.sizeBytes, type, values);
  });
  return bytes;
}

/** Sets the given fields of a structure that is in `bytes` at `base`, and leaves the others. */
export function encodeInto(
  bytes: Buffer,
  base: number,
  type: Struct,
  values: Readonly<Record<string, unknown>>,
): void {
  if (type.fields.sType) bytes.writeUInt32LE(type.type, base);
  for (const [name, value] of Object.entries(values)) {
    const field = type.fields[name];
    if (!field) throw new Error(`${type.name} has no field ${name}`);
    const list = field.count !== null && field.kind !== "text" ? (value as readonly unknown[]) : [value];
    list.forEach((element, i) => {
      writeValue(bytes, base + field.offset + i * strideOf(field), field, element);
    });
  }
}

function writeValue(bytes: Buffer, at: number, field: Field, value: unknown): void {
  switch (field.kind) {
    case "u8":
      bytes.writeUInt8(value as number, at);
      break;
    case "u32":
      bytes.writeUInt32LE(value as number, at);
      break;
    case "i32":
      bytes.writeInt32LE(value as number, at);
      break;
    case "f32":
      bytes.writeFloatLE(value as number, at);
      break;
    case "u64":
    case "pointer":
      bytes.writeBigUInt64LE(addressOf(bytes, value as Pointer | number), at);
      break;
    case "text":
      bytes.write(value as string, at, field.count! - 1, "utf8");
      break;
    case "struct":
      encodeInto(bytes, at, field.struct!, value as Readonly<Record<string, unknown>>);
      break;
  }
}

function addressOf(holder: Buffer, value: Pointer | number): bigint {
  if (value === null) return 0n;
  if (!(value instanceof Uint8Array)) return BigInt(value);
  const references = held.get(holder) ?? [];
  references.push(value);
  held.set(holder, references);
  return BigInt(koffi().address(value));
}

/** Reads all fields of a structure; fixed arrays come whole, however much of them is filled. */
export function decode<S extends Struct>(type: S, bytes: Buffer, base = 0): Decoded<S> {
  const result: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(type.fields)) {
    const at = base + field.offset;
    if (field.count === null || field.kind === "text") result[name] = readValue(bytes, at, field);
    else
      result[name] = Array.from({ length: field.count }, (_, i) =>
        readValue(bytes, at + i * strideOf(field), field),
      );
  }
  return result as Decoded<S>;
}

/** Elements of an array of structures. */
export function decodeArray<S extends Struct>(type: S, bytes: Buffer, count: number): Decoded<S>[] {
  return Array.from({ length: count }, (_, i) => decode(type, bytes, i * type.sizeBytes));
}

function readValue(bytes: Buffer, at: number, field: Field): unknown {
  switch (field.kind) {
    case "u8":
      return bytes.readUInt8(at);
    case "u32":
      return bytes.readUInt32LE(at);
    case "i32":
      return bytes.readInt32LE(at);
    case "f32":
      return bytes.readFloatLE(at);
    case "u64":
    case "pointer":
      return bytes.readBigUInt64LE(at);
    case "text":
      return bytes.toString("utf8", at, at + field.count!).replace(/\0[\s\S]*$/, "");
    case "struct":
      return decode(field.struct!, bytes, at);
  }
}

const sizes = { u8: 1, u32: 4, i32: 4, f32: 4, u64: 8, pointer: 8, text: 1 };
function strideOf(field: Field): number {
  return field.kind === "struct" ? field.struct!.sizeBytes : sizes[field.kind];
}

/** A NUL-terminated UTF-8 string. */
export function cString(value: string): Buffer {
  return Buffer.from(`${value}\0`, "utf8");
}

/** An array of 64-bit handles or addresses. */
export function handles(...values: readonly (bigint | Uint8Array)[]): Buffer {
  const bytes = Buffer.alloc(Math.max(1, values.length) * 8);
  values.forEach((value, i) => {
    bytes.writeBigUInt64LE(addressOf(bytes, value), i * 8);
  });
  return bytes;
}
