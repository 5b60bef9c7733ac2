import { stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { WhisperVulkanError } from "../../errors.js";
import { type Format, formatNamed, formatNames, formatOfPath } from "../../formats/index.js";
import { isFile, type Recording } from "../inputs/index.js";
import { checkDistinct } from "./prepare.js";

/** Where results go: the screen, standard output, one named file, or a folder (null: beside each recording). */
export type Destination =
  | { readonly kind: "screen" }
  | { readonly kind: "stdout" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string | null };

/** The output that the user wants: text on the screen, or documents in these formats. */
export interface Wanted {
  readonly destination: Destination;
  readonly formats: readonly Format[];
}

interface Flags {
  readonly format?: string;
  readonly output?: string;
}

/**
 * Interprets --format and --output. --output is "-", a folder (one that exists, or a path that ends with a
 * separator), or else a file, which holds one recording in one format. Its ending gives the format where --format
 * doesn't, and must not contradict --format.
 */
export async function wanted({ format, output }: Flags, inputs: readonly string[]): Promise<Wanted> {
  const named = format === undefined ? null : formatsNamed(format);
  if (output === undefined)
    return named === null
      ? { destination: { kind: "screen" }, formats: [] }
      : { destination: { kind: "folder", path: null }, formats: named };
  const formats = named ?? [formatNamed("txt")];
  if (output === "-") return { destination: { kind: "stdout" }, formats };
  if (output === "")
    throw new WhisperVulkanError("option-invalid", "--output needs the name of a file or folder", {
      hint: "Give a file, such as --output talk.srt; a folder, such as --output out/; or - for standard output.",
    });
  const found = await stat(output).catch(() => null);
  if (found?.isDirectory() || (!found && /[/\\]$/.test(output)))
    return { destination: { kind: "folder", path: output }, formats };
  const nResults = inputs.length * formats.length;
  if (nResults > 1)
    throw new WhisperVulkanError(
      "option-invalid",
      `${nResults} results cannot be written to the one file ${output}`,
      {
        hint: `To write into a folder, give ${intoFolder(output, named === null)}`,
      },
    );
  const destination = { kind: "file", path: output } as const;
  await checkDistinct([{ path: output, source: "--output" }], inputs); // this message says more than that .wav is not a format
  // devices and pipes have no ending
  if (found && !found.isFile()) return { destination, formats };
  return { destination, formats: [formatOfFile(output, named?.[0] ?? null)] };
}

/** "x.srt" -> "x/" */
const folderNamed = (path: string) => `${path.slice(0, path.length - extname(path).length)}/`;

/** The options that write into a folder what was to go into this file. Its ending chooses the format no longer. */
function intoFolder(path: string, byEnding: boolean): string {
  const format = byEnding ? formatOfPath(path) : null;
  return `${format === null ? "" : `--format ${format.name} `}--output ${folderNamed(path)}`;
}

function formatsNamed(text: string): Format[] {
  const names = [...new Set(text.split(",").map((name) => name.trim().toLowerCase()))];
  return names.map((name) => {
    if (/[./\\]/.test(name))
      throw new WhisperVulkanError("option-invalid", `-f ${text}: -f is --format here`, {
        hint: `The formats are ${formatNames}; a recording is given without an option.`,
      });
    return formatNamed(name);
  });
}

function formatOfFile(path: string, named: Format | null): Format {
  const ofEnding = formatOfPath(path);
  if (named !== null && ofEnding !== null && named !== ofEnding)
    throw new WhisperVulkanError(
      "option-invalid",
      `${path} has the ending of ${ofEnding.name}, but --format says ${named.name}`,
      { hint: "Leave out --format, or give the file another ending." },
    );
  const format = named ?? ofEnding;
  if (format !== null) return format;
  const ending = extname(path);
  throw new WhisperVulkanError(
    "option-invalid",
    ending ? `No format has the ending ${ending} of ${path}` : `${path} has no ending that names a format`,
    {
      hint: `The formats are ${formatNames}; --format chooses one for a file of any name. To write into a folder, give --output ${folderNamed(path)}`,
    },
  );
}

/**
 * Checks that the results of several recordings may follow each other on standard output. Two formats, or documents
 * that cannot hold several recordings, would give an unreadable stream. Error: option-invalid.
 */
export function checkStream({ destination, formats }: Wanted, several: boolean): void {
  if (destination.kind !== "stdout") return;
  const hint = "Give a folder, such as --output out/";
  if (formats.length > 1)
    throw new WhisperVulkanError(
      "option-invalid",
      `${formats.length} formats cannot be written to standard output together`,
      { hint },
    );
  const [format] = formats;
  if (several && format && !format.writeInto)
    throw new WhisperVulkanError(
      "option-invalid",
      `Standard output can hold the ${format.name} of only one recording`,
      { hint },
    );
}

/** The file for one recording and format: talk.mp3 -> talk.srt, with a language talk.en.srt. */
export function outputPath(
  destination: Destination,
  { input, relativePath }: Recording,
  { extension }: Format,
  language: string | null,
): string {
  if (destination.kind === "file") return destination.path;
  const name = basename(relativePath, extname(relativePath));
  const file = `${name}${language === null ? "" : `.${language}`}.${extension}`;
  const folder = destination.kind === "folder" ? destination.path : null;
  if (folder !== null) return join(folder, dirname(relativePath), file);
  return join(isFile(input) ? dirname(input) : ".", file);
}
