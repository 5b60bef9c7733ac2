const width = 24;

/** A line on standard error that is redrawn; nothing at all where standard error is no terminal. */
export class ProgressBar {
  readonly #shown = process.stderr.isTTY === true;
  #drawn = false;

  constructor(quiet: boolean) {
    if (quiet) this.#shown = false;
  }

  draw(label: string, fraction: number): void {
    if (!this.#shown) return;
    const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
    const bar = "█".repeat(filled) + "░".repeat(width - filled);
    process.stderr.write(`\r\x1b[2K${label} ${bar} ${Math.round(fraction * 100)}%`);
    this.#drawn = true;
  }

  clear(): void {
    if (this.#drawn) process.stderr.write("\r\x1b[2K");
    this.#drawn = false;
  }
}
