/** How often it looks. */
const tickMs = 100;

/**
 * Detects when running work gives no sign of life for too long. Silence is counted in ticks of this event
 * loop, each counted as at most two: when the loop itself was blocked, or the machine slept, signs may be waiting to be read, and the
 * silence proves nothing.
 */
export class Watchdog {
  readonly #limitMs: () => number;
  readonly #onSilence: (silentMs: number) => void;
  #timer: NodeJS.Timeout | null = null;
  #lastTick = 0;
  #silentMs = 0;

  /** limitMs is called at every tick. onSilence is called once, and watching ends. */
  constructor(limitMs: () => number, onSilence: (silentMs: number) => void) {
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
  }

  /** Starts watching, unless it is watching already. */
  start(): void {
    if (this.#timer) return;
    this.#silentMs = 0;
    this.#lastTick = performance.now();
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
  }

  sign(): void {
    this.#silentMs = 0;
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const now = performance.now();
    this.#silentMs += Math.min(now - this.#lastTick, 2 * tickMs);
    this.#lastTick = now;
    if (this.#silentMs <= this.#limitMs()) return;
    this.stop();
    this.#onSilence(this.#silentMs);
  }
}
