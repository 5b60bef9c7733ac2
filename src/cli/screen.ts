import { oneLine, timestamp } from "../formats/index.js";
import type { Segment, TranscriptionResult } from "../index.js";
import { languageTitle } from "../whisper/index.js";
import { StatusLine, styled } from "./terminal/index.js";

/** What the user sees while recordings are transcribed: notes and a status line on standard error, text on the screen. */
export class Screen {
  readonly status: StatusLine;
  readonly #quiet: boolean;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
    this.status = new StatusLine(quiet);
  }

  /** Shows the current step and recording, and its number among all; the fraction is null where it is not known. */
  doing(doing: string, name: string, nth = 1, of = 1, fraction: number | null = null): void {
    this.status.show({ count: of > 1 ? `${nth}/${of}` : "", name, doing, fraction });
  }

  /** A line for the user, left out with --quiet. */
  readonly note = (text: string): void => {
    if (!this.#quiet) this.print(() => console.error(styled("dim", oneLine(text))));
  };

  segment({ start, end, text }: Segment, withTimes: boolean): void {
    const time = (seconds: number) => timestamp(seconds * 1000, { separator: ".", alwaysHours: false });
    const times = withTimes ? `${styled("dim", `[${time(start)} --> ${time(end)}]`, process.stdout)} ` : "";
    this.print(() => console.log(`${times}${oneLine(text)}`));
  }

  /** The name of the recording whose text follows, in the style of head and tail. */
  heading(name: string, isFirst: boolean): void {
    const line = styled("bold", `==> ${oneLine(name)} <==`, process.stdout);
    this.print(() => console.log(isFirst ? line : `\n${line}`));
  }

  print(write: () => void): void {
    this.status.print(write);
  }

  clear(): void {
    this.status.clear();
  }
}

/** The result of a recording in one line. For a recording of no length, a factor would mean nothing. */
export function summary(
  recording: string,
  written: readonly string[],
  { duration, language }: TranscriptionResult,
  seconds: number,
): string {
  const what = written.length === 0 ? recording : `${recording} -> ${written.join(", ")}`;
  const took = seconds < 0.05 ? "in less than 0.1 s" : `in ${seconds.toFixed(1)} s`;
  if (duration < 0.05) return `${what}: shorter than 0.1 s, done ${took}`;
  const factor = (seconds / duration).toFixed(2);
  return `${what}: ${duration.toFixed(1)} s, ${languageTitle(language)}, ${took}, real-time factor ${factor}`;
}
