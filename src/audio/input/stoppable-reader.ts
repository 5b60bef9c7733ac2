/**
 * Reads a stream piece by piece and can be stopped at any time, even while the stream delivers nothing: a
 * silent microphone may never deliver another piece, and a generator cannot be ended while a piece is requested.
 */
export class StoppableReader<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #end: () => unknown;
  #reject: ((reason: unknown) => void) | null = null;
  #stopped: { readonly reason: unknown } | null = null;

  constructor(source: AsyncIterable<T>) {
    if (source instanceof ReadableStream) {
      // A web stream's own iterator cannot be ended while a piece is requested; its reader can.
      const reader: ReadableStreamDefaultReader<T> = source.getReader();
      this.#iterator = { next: () => reader.read() as Promise<IteratorResult<T>> };
      this.#end = () => reader.cancel();
      return;
    }
    const iterator = source[Symbol.asyncIterator]();
    this.#iterator = iterator;
    this.#end = () => iterator.return?.();
    if (!isNodeStream(source)) return;
    source.on("error", () => {}); // the iterator reports it; without a listener it would end the process
    this.#end = () => source.destroy();
  }

  /** The next piece. Rejects with the reason once the reader is stopped. Not to be called again before it settles. */
  next(): Promise<IteratorResult<T>> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped.reason);
    return new Promise<IteratorResult<T>>((resolve, reject) => {
      this.#reject = reject;
      this.#iterator.next().then(resolve, reject);
    });
  }

  /** Ends the stream; what is being read rejects with `reason`. Calling it again does nothing. */
  stop(reason: unknown): void {
    if (this.#stopped !== null) return;
    this.#stopped = { reason };
    this.#reject?.(reason);
    // Not awaited: a generator ends only after the requested piece, and its result no longer matters.
    Promise.resolve()
      .then(this.#end)
      .catch(() => {});
  }
}

function isNodeStream(source: unknown): source is {
  destroy(): void;
  on(event: "error", listener: () => void): void;
} {
  const { destroy, on } = source as { destroy?: unknown; on?: unknown };
  return typeof destroy === "function" && typeof on === "function";
}
