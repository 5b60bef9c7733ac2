import { cutToWidth, textWidth } from "./text-width.js";

/** The current work, in words. */
export interface Status {
  /** Its number among all, e.g. "2/7"; empty where there is only one. */
  readonly count: string;
  readonly name: string;
  /** Shown while the fraction is unknown, e.g. "listening"; empty where the name is enough. */
  readonly doing: string;
  /** From 0 to 1; null: not known. */
  readonly fraction: number | null;
}

/** A status cut to the columns there are: pieces, so that they can be coloured. */
export interface StatusText {
  readonly head: string;
  readonly bar: string;
  readonly tail: string;
}

const spinner = ["-", "\\", "|", "/"];

/** Seconds since the work began. */
export interface Elapsed {
  readonly now: number;
  /** When its fraction was last reported. */
  readonly atFraction: number;
}

/** The line for a status, in at most `columns` columns. tick turns the spinner. */
export function statusText(status: Status, elapsed: Elapsed, columns: number, tick: number): StatusText {
  const { fraction, doing, count, name } = status;
  const spin = spinner[tick % spinner.length]!;
  const known = fraction !== null && fraction > 0;
  const waiting = `${doing && `${doing}… `}${clock(elapsed.now)}`;
  const tail = known ? percentAndTime(fraction, elapsed) : waiting;
  const width = known ? (columns >= 70 ? 24 : columns >= 36 ? 8 : 0) : 0;
  const bar = width > 0 && fraction !== null ? barOf(fraction, width) : "";
  const taken = textWidth(tail) + (width > 0 ? width + 1 : 0) + 1;
  const head = cutToWidth(`${spin} ${count ? `${count} ` : ""}`, columns);
  const room = columns - taken - head.length;
  const label = room >= 4 ? cutToWidth(name, room) : "";
  const start = `${head}${label}`.trimEnd();
  if (textWidth(start) + taken <= columns) return { head: `${start} `, bar: bar && `${bar} `, tail };
  return { head: "", bar: "", tail: cutToWidth(tail, columns) };
}

function barOf(fraction: number, width: number): string {
  const filled = Math.round(Math.min(1, fraction) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

/** The time left counts down between two fractions, but never to zero. */
function percentAndTime(fraction: number, { now, atFraction }: Elapsed): string {
  const percent = `${Math.floor(Math.min(1, fraction) * 100)}%`;
  // the first second says little
  if (atFraction < 1 || fraction >= 1) return percent;
  const left = (atFraction * (1 - fraction)) / fraction - (now - atFraction);
  return `${percent} ${clock(Math.max(1, left))} left`;
}

/** Seconds as "0:07", "12:34" or "1:02:03". */
export function clock(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes}:${two(total % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(total % 60)}`;
}
