/** One range of a buffer that a dispatch touches. */
export interface Access {
  /** Identity of the buffer. */
  readonly buffer: unknown;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly write: boolean;
}

/**
 * Decides where barriers go: before a dispatch that touches bytes which one since the last barrier has written,
 * or writes bytes which one has touched. By bytes, not by tensors, because scratch tensors share them.
 */
export class Hazards {
  #open: Access[] = [];

  /** Whether a barrier must come before a dispatch with these accesses; then all earlier ones are settled. */
  barrierBefore(accesses: readonly Access[]): boolean {
    const conflict = accesses.some((access) => this.#open.some((earlier) => conflicts(access, earlier)));
    if (conflict) this.#open = [];
    this.#open.push(...accesses);
    return conflict;
  }

  /** Forgets everything, as after a barrier that stands anyway. */
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
