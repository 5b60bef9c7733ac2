/** Memory a call reads or writes: bytes encoded beforehand, an address, or nothing. */
export type Pointer = Uint8Array | bigint | null;

export type ParameterKind = "pointer" | "handle" | "u64" | "u32" | "i32";

/**
 * Which object a call belongs to, what it returns ("pointer" is a function's address) and takes.
 * Handles are 64-bit integers: on 64-bit systems dispatchable ones are pointers, the others uint64_t.
 */
export type Signature = readonly [
  level: "global" | "instance" | "device",
  result: "i32" | "void" | "pointer",
  parameters: readonly ParameterKind[],
];
