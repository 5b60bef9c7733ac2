import { stat } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { WhisperVulkanError } from "../../errors.js";

/** What to do with results that already exist. */
export interface ExistingChoice {
  readonly overwrite: boolean;
  readonly skipExisting: boolean;
  /** Whether the user can be asked. */
  readonly ask: boolean;
  readonly signal: AbortSignal;
}

/** A result to be written: its possible paths (one per language while the language is unknown). */
interface Result {
  readonly paths: readonly string[];
}

/**
 * Decides whether results that already exist are overwritten or kept: in a terminal it asks the user, elsewhere it is an
 * error. Returns the results to keep. Devices and pipes do not count as results. Errors: option-invalid, aborted.
 */
export async function leftAlone<T extends Result>(
  results: readonly T[],
  choice: ExistingChoice,
): Promise<ReadonlySet<T>> {
  const { overwrite, skipExisting, ask, signal } = choice;
  if (overwrite && skipExisting)
    throw new WhisperVulkanError(
      "option-invalid",
      "--overwrite and --skip-existing cannot be used together",
      {
        hint: "Leave one of them out.",
      },
    );
  if (overwrite) return new Set();
  const existing = new Map<T, string>();
  for (const result of results)
    for (const path of result.paths)
      if (await isResult(path)) {
        existing.set(result, path);
        break;
      }
  if (skipExisting) return new Set(existing.keys());
  const [first] = existing.values();
  if (first === undefined) return new Set();
  const what = existing.size === 1 ? `${first} exists` : `${first} and ${existing.size - 1} more exist`;
  const answer = ask ? await askWhat(what, signal) : "stop";
  if (answer === "skip") return new Set(existing.keys());
  if (answer === "overwrite") return new Set();
  if (ask) {
    const left = existing.size === 1 ? `${first} is left as it is` : "All results are left as they are";
    throw new WhisperVulkanError("option-invalid", `${left}; nothing was transcribed.`);
  }
  throw new WhisperVulkanError("option-invalid", `${what} already`, {
    hint: "Give --overwrite or --skip-existing, or choose another place with --output.",
  });
}

const isResult = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false, // writing the result reports why it cannot be accessed
  );

/** Not in readline's terminal mode, in which Ctrl-C sends no signal. */
async function askWhat(what: string, signal: AbortSignal): Promise<"overwrite" | "skip" | "stop"> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const answered = lines.question(`${what} already. Overwrite? [y]es, [s]kip, [N]o: `, { signal });
    const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("\n")));
    const line = await Promise.race([answered, closed]);
    if (line === "\n") process.stderr.write(line); // no answer will come, so end the line here
    const answer = line.trim().toLowerCase();
    if (/^(y|yes)$/.test(answer)) return "overwrite";
    return /^(s|skip)$/.test(answer) ? "skip" : "stop";
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new WhisperVulkanError("aborted", "Stopped on request.", { cause });
  } finally {
    lines.close();
  }
}
