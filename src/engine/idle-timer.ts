const longestMs = 2 ** 31 - 1;

/** Calls a function after a time without activity. Does not keep the process alive. */
export class IdleTimer {
  readonly #afterMs: number | undefined;
  readonly #onIdle: () => void;
  #nBusy = 0;
  #timer: NodeJS.Timeout | undefined;

  /** afterMs undefined: never. */
  constructor(afterMs: number | undefined, onIdle: () => void) {
    this.#afterMs = afterMs;
    this.#onIdle = onIdle;
    this.#restart();
  }

  busy(): void {
    this.#nBusy++;
    this.#restart();
  }

  done(): void {
    this.#nBusy--;
    this.#restart();
  }

  #restart(): void {
    clearTimeout(this.#timer);
    if (this.#nBusy > 0 || this.#afterMs === undefined) return;
    this.#timer = setTimeout(this.#onIdle, Math.min(this.#afterMs, longestMs));
    this.#timer.unref();
  }
}
