/**
 * What a pull is doing: wait (another process pulls the same model), check (hashing what is there already),
 * download, packages (Python packages, where the hub can't be reached), rebuild (making the file from them).
 */
export type PullPhase = "wait" | "check" | "download" | "packages" | "rebuild";

/** The progress of one phase of a pull. */
export interface PullProgress {
  readonly phase: PullPhase;
  readonly doneBytes: number;
  /** 0 while waiting. */
  readonly totalBytes: number;
}

const intervalMs = 100;

/** Passes on the first report of a phase, its last, and one every tenth of a second between. */
export function progressReporter(
  report: ((progress: PullProgress) => void) | undefined,
): (phase: PullPhase, doneBytes: number, totalBytes: number) => void {
  let last: { phase: PullPhase | null; at: number } = { phase: null, at: 0 };
  return (phase, doneBytes, totalBytes) => {
    const now = performance.now();
    if (phase === last.phase && doneBytes < totalBytes && now - last.at < intervalMs) return;
    last = { phase, at: now };
    report?.({ phase, doneBytes, totalBytes });
  };
}
