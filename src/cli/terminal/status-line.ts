import { oneLine } from "../../formats/index.js";
import { styled } from "./colour.js";
import { type Status, statusText } from "./status-text.js";

/** Milliseconds between two pictures of the spinner. */
const tickMs = 120;

/**
 * A line on standard error that shows the current work and is redrawn while it lasts. Nothing at all where standard error is
 * not a terminal. It never fills the last column, and the cursor stays at its start: where a terminal that became
 * narrower has wrapped it, erasing from the cursor on removes all of it. (Only then: terminals keep what is erased to
 * the end of the screen from its very start as scrolled lines.)
 */
export class StatusLine {
  readonly #shown: boolean;
  #status: Status | null = null;
  #since = 0;
  #fractionAt = 0;
  #tick = 0;
  /** Columns of the terminal when it was drawn; 0: it is not on the screen. */
  #drawnFor = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(quiet: boolean) {
    this.#shown = !quiet && process.stderr.isTTY === true && process.env.TERM !== "dumb";
  }

  /** Sets the current work. The same work on the same name counts as one, however often its fraction changes. */
  show(status: Status): void {
    if (!this.#shown) return;
    const name = oneLine(status.name);
    const now = performance.now();
    if (this.#status?.name !== name || this.#status.doing !== status.doing) this.#since = now;
    if (this.#status?.fraction !== status.fraction) this.#fractionAt = now;
    this.#status = { ...status, name };
    if (this.#timer === null) {
      this.#timer = setInterval(this.#draw, tickMs);
      this.#timer.unref();
      process.stderr.on("resize", this.#draw);
      process.on("exit", this.#erase);
    }
    this.#draw();
  }

  /** The work is finished. */
  clear(): void {
    this.#erase();
    this.#status = null;
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    process.stderr.off("resize", this.#draw);
    process.off("exit", this.#erase);
  }

  /** Writes lines to the terminal of the status line, which is then redrawn below them. */
  print(write: () => void): void {
    this.#erase();
    write();
  }

  readonly #draw = (): void => {
    if (this.#status === null) return;
    const columns = Math.max(1, terminalColumns() - 1);
    const since = (at: number) => (at - this.#since) / 1000;
    const elapsed = { now: since(performance.now()), atFraction: since(this.#fractionAt) };
    const { head, bar, tail } = statusText(this.#status, elapsed, columns, this.#tick++);
    this.#erase();
    process.stderr.write(`${head}${bar && styled("green", bar)}${styled("dim", tail)}\r`);
    this.#drawnFor = terminalColumns();
  };

  readonly #erase = (): void => {
    if (this.#drawnFor > 0)
      process.stderr.write(terminalColumns() < this.#drawnFor ? "\r\x1b[J" : "\r\x1b[2K");
    this.#drawnFor = 0;
  };
}

const terminalColumns = () => process.stderr.columns || 80;
