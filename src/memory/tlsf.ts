const stepsPerPower = 16;
/** Sizes are exact below 2^53. */
const powers = 54;

/**
 * Two-level segregated fit over a range of bytes: free ranges stand in lists by size, a power of two and within it one of
 * 16 equal steps, so that a range that fits is found without a search (Masmano, Ripoll, Crespo, Real: TLSF, 2004).
 * Handles offsets only, not the memory itself.
 */
export class Tlsf {
  readonly sizeBytes: number;
  readonly #lists: (Range | null)[] = Array(powers * stepsPerPower).fill(null);
  /** By power of two: bit i is set where the list of step i has a range. */
  readonly #steps = new Uint16Array(powers);
  readonly #byOffset = new Map<number, Range>();
  #freeBytes: number;

  /** A range of whole sizeBytes, all free. */
  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    this.#freeBytes = sizeBytes;
    const whole: Range = {
      offset: 0,
      size: sizeBytes,
      free: false,
      before: null,
      after: null,
      previous: null,
      next: null,
    };
    this.#byOffset.set(0, whole);
    if (sizeBytes > 0) this.#insert(whole);
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  /**
   * Takes sizeBytes (above 0; a multiple of the alignment that all offsets are to have) and answers its offset, or null
   * where no free range is that large.
   */
  allocate(sizeBytes: number): number | null {
    const range = sizeBytes <= this.#freeBytes ? this.#find(sizeBytes) : null;
    if (!range) return null;
    this.#remove(range);
    if (range.size > sizeBytes) {
      const rest: Range = {
        offset: range.offset + sizeBytes,
        size: range.size - sizeBytes,
        free: false,
        before: range,
        after: range.after,
        previous: null,
        next: null,
      };
      if (range.after) range.after.before = rest;
      range.after = rest;
      range.size = sizeBytes;
      this.#byOffset.set(rest.offset, rest);
      this.#insert(rest);
    }
    this.#freeBytes -= sizeBytes;
    return range.offset;
  }

  /** Gives back what allocate() answered; free neighbours become one range. Errors: an offset that is not taken. */
  free(offset: number): void {
    let range = this.#byOffset.get(offset);
    if (!range || range.free) throw new Error(`nothing was allocated at offset ${offset}`);
    this.#freeBytes += range.size;
    if (range.after?.free) this.#merge(range, range.after);
    if (range.before?.free) {
      const { before } = range;
      this.#merge(before, range);
      range = before;
    }
    this.#insert(range);
  }

  /** Takes `right`, a neighbour, into `left`. Either may stand in a list; neither does afterwards. */
  #merge(left: Range, right: Range): void {
    if (left.free) this.#remove(left);
    if (right.free) this.#remove(right);
    left.size += right.size;
    left.after = right.after;
    if (right.after) right.after.before = left;
    this.#byOffset.delete(right.offset);
  }

  /** Any range in a higher list fits. In its own list one may fit, which lets a block be filled to the last byte. */
  #find(sizeBytes: number): Range | null {
    const own = listOf(sizeBytes);
    for (let range = this.#lists[own] ?? null; range; range = range.next)
      if (range.size >= sizeBytes) return range;
    let power = Math.floor(own / stepsPerPower);
    // of the own power only the steps above
    let steps = this.#steps[power]! & (-2 << (own % stepsPerPower));
    while (steps === 0 && ++power < powers) steps = this.#steps[power]!;
    if (steps === 0) return null;
    const lowest = 31 - Math.clz32(steps & -steps);
    return this.#lists[power * stepsPerPower + lowest]!;
  }

  #insert(range: Range): void {
    const list = listOf(range.size);
    const first = this.#lists[list] ?? null;
    range.free = true;
    range.previous = null;
    range.next = first;
    if (first) first.previous = range;
    this.#lists[list] = range;
    this.#steps[Math.floor(list / stepsPerPower)]! |= 1 << (list % stepsPerPower);
  }

  #remove(range: Range): void {
    if (range.previous) range.previous.next = range.next;
    else {
      const list = listOf(range.size);
      this.#lists[list] = range.next;
      if (!range.next) this.#steps[Math.floor(list / stepsPerPower)]! &= ~(1 << (list % stepsPerPower));
    }
    if (range.next) range.next.previous = range.previous;
    range.free = false;
    range.previous = range.next = null;
  }
}

/** Bytes that belong together, in the order of offsets (before, after) and in a list of free ones (previous, next). */
interface Range {
  readonly offset: number;
  size: number;
  free: boolean;
  before: Range | null;
  after: Range | null;
  previous: Range | null;
  next: Range | null;
}

/** The list of a size: 16 steps within each power of two; by division, since sizes go beyond 32 bits. */
function listOf(sizeBytes: number): number {
  const power = sizeBytes < 2 ** 32 ? 31 - Math.clz32(sizeBytes) : Math.floor(Math.log2(sizeBytes));
  const step = Math.floor((sizeBytes / 2 ** power - 1) * stepsPerPower);
  return power * stepsPerPower + Math.min(Math.max(step, 0), stepsPerPower - 1);
}
