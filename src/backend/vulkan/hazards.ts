/** One range of a buffer that a dispatch touches. */
export interface Access {
  /** Identity of the buffer. */
  readonly buffer: unknown;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly write: boolean;
}

/**
 * Decides where barriers go. One is needed before a dispatch that touches bytes written since the last barrier,
 * or writes bytes touched since then. Compares bytes, not tensors, because scratch tensors share bytes.
 */
export class Hazards {
  #open: Access[] = [];

  /** Whether a barrier must come before a dispatch with these accesses. If so, earlier accesses are forgotten. */
  barrierBefore(accesses: readonly Access[]): boolean {
    const conflict = accesses.some((access) => this.#open.some((earlier) => conflicts(access, earlier)));
    if (conflict) this.#open = [];
    this.#open.push(...accesses);
    return conflict;
  }

  /** Forgets all accesses, as after a barrier that exists anyway. */
  settle(): void {
    this.#open = [];
  }
}

function conflicts(a: Access, b: Access): boolean {
  return (
    (a.write || b.write) &&
    a.buffer === b.buffer &&
    a.offsetBytes < b.offsetBytes + b.sizeBytes &&
    b.offsetBytes < a.offsetBytes + a.sizeBytes
  );
}
