/** Lets one user at a time at something, in the order of asking. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(use: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(use, use);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Resolves when everyone who asked until now is done. */
  idle(): Promise<void> {
    return this.#last.then(() => {});
  }
}
