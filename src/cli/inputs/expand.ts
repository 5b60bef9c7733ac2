import { stat } from "node:fs/promises";
import { extname, relative, resolve } from "node:path";
import { CONTAINERS } from "../../audio/index.js";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { filesUnder, isVisible, type Unreadable } from "./files-under.js";
import { filesOfPattern, isPattern } from "./glob.js";
import { isFile, namedRecording, type Recording, withoutFileAddress } from "./recording.js";

/** Endings of what only ffmpeg reads. */
const foreignEndings =
  "mpeg mpg ogv spx qt amr awb wma wmv asf avi flv ts mts m2ts ac3 eac3 dts ape wv tta au snd".split(" ");
/** Endings of files in a folder that count as recordings. A file that is named, or matches a pattern, may have any ending. */
const endings = new Set([...CONTAINERS.flatMap(({ extensions }) => extensions), ...foreignEndings]);

/** The recordings that the arguments name. */
export interface Expanded {
  readonly recordings: readonly Recording[];
  /** True if a folder or a pattern was given, so that any number of recordings is possible. */
  readonly any: boolean;
  /** What could not be expanded. */
  readonly errors: readonly WhisperVulkanError[];
}

/**
 * Expands folders to the recordings in and below them, and patterns (which Windows' shells do not expand) to the files that
 * match. Leaves out hidden files and takes each file once. Errors: `option-invalid`.
 */
export async function expandInputs(args: readonly string[]): Promise<Expanded> {
  const found = new Map<string, Recording>();
  const errors: WhisperVulkanError[] = [];
  let any = false;
  const add = (recording: Recording, key = recording.input) => {
    if (key === "-" && found.has(key))
      throw new WhisperVulkanError("option-invalid", 'Standard input ("-") is given twice', {
        hint: "Give it once: it can be read only once.",
      });
    if (!found.has(key)) found.set(key, recording);
  };
  for (const input of args.map(withoutFileAddress)) {
    const kind = await kindOf(input);
    if (kind === "one") {
      add(namedRecording(input), isFile(input) ? resolve(input) : input);
      continue;
    }
    any = true;
    const unreadable = (error: unknown) => errors.push(folderError(input, error));
    try {
      for (const recording of await (kind === "folder" ? inFolder : ofPattern)(input, unreadable))
        add(recording, resolve(recording.input));
    } catch (error) {
      unreadable(error);
    }
  }
  return { recordings: [...found.values()], any, errors };
}

async function kindOf(input: string): Promise<"one" | "folder" | "pattern"> {
  if (!isFile(input)) return "one";
  const status = await stat(input).catch(() => null); // opening it reports what is wrong with it
  if (status) return status.isDirectory() ? "folder" : "one";
  return isPattern(input) ? "pattern" : "one";
}

async function inFolder(folder: string, unreadable: Unreadable): Promise<Recording[]> {
  const depth = Number.POSITIVE_INFINITY;
  const files = await filesUnder(folder, { passes: isVisible, depth, unreadable });
  const recordings = files.filter((path) => endings.has(extname(path).slice(1).toLowerCase()));
  if (recordings.length > 0) return recordings.map((input) => within(folder, input));
  throw new WhisperVulkanError("file-not-found", `${folder}: is a folder without recordings`, {
    hint: "Name files with other endings one by one, or give a pattern.",
  });
}

async function ofPattern(pattern: string, unreadable: Unreadable): Promise<Recording[]> {
  const { base, paths } = await filesOfPattern(pattern, unreadable);
  if (paths.length > 0) return paths.map((input) => within(base, input));
  throw new WhisperVulkanError("file-not-found", `${pattern}: no file matches this pattern`, {
    hint: "Check the spelling and the current folder.",
  });
}

const within = (folder: string, input: string): Recording => ({
  input,
  name: input,
  relativePath: relative(folder, input),
});

/** The error for an input whose folder, or a folder below it, could not be read. A wrong pattern is wrong usage. */
function folderError(input: string, cause: unknown): WhisperVulkanError {
  if (cause instanceof WhisperVulkanError && cause.code !== "option-invalid") return cause;
  const code = systemErrorCode(cause);
  if (cause instanceof WhisperVulkanError || code === null) throw cause;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new WhisperVulkanError("file-not-found", `${input}: there is no such folder`, {
      hint: "Check the spelling and the current folder.",
      cause,
    });
  const { path = input } = cause as NodeJS.ErrnoException;
  return new WhisperVulkanError("file-unreadable", `${path}: the folder cannot be read (${code})`, {
    hint: "Check its permissions.",
    cause,
  });
}
