/** Stable names of errors for programs, one for each case that a caller can act on. */
export type ErrorCode =
  // input
  | "file-not-found"
  | "file-unreadable"
  | "file-empty"
  | "file-is-folder"
  | "audio-unrecognised"
  | "audio-no-track"
  | "audio-codec-unsupported"
  | "audio-empty"
  | "audio-not-finite"
  | "audio-corrupt"
  // model
  | "model-unknown"
  | "model-invalid"
  | "model-hash-mismatch"
  | "model-download-failed"
  | "cache-not-writable"
  | "disk-full"
  // system
  | "temporary-folder-unwritable"
  | "too-many-open-files"
  // options
  | "option-invalid"
  | "language-unknown"
  // output
  | "output-unwritable"
  // device
  | "device-unknown"
  | "vulkan-unavailable"
  | "vulkan-call-failed"
  | "device-lost"
  | "memory-refused"
  | "card-unknown"
  | "card-invalid"
  | "memory-report-invalid"
  | "process-failed"
  | "cpu-unavailable"
  // running
  | "package-incomplete"
  | "aborted"
  | "disposed"
  | "internal";

/**
 * Every error this package throws on purpose. `message` says in one line what happened and where,
 * `hint` says what to do about it, `cause` is the underlying error, if there was one.
 */
export class WhisperVulkanError extends Error {
  override readonly name: string = "WhisperVulkanError";
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
  }
}

/** The error code of a failed system call ("ENOENT"), or null for any other value. */
export function systemErrorCode(error: unknown): string | null {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === "string" ? code : null;
}
