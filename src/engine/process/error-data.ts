import { inspect } from "node:util";
import { type ErrorCode, WhisperVulkanError } from "../../errors.js";

/** An error as plain data. The cause is its text: what is underneath cannot cross to another process. */
export interface ErrorData {
  /** Null for errors that were not thrown on purpose. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string | null;
  readonly cause: string | null;
  /** Whatever else the error carries: a ledger. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Properties of every error, or of its class. */
const known = new Set(["name", "code", "hint", "message", "stack", "cause"]);

export function errorData(error: unknown): ErrorData {
  if (!(error instanceof WhisperVulkanError))
    return { code: null, message: textOf(error), hint: null, cause: inspect(error), details: {} };
  const { code, message, hint, cause } = error;
  const details = Object.entries(error).filter(([name]) => !known.has(name));
  return {
    ...{ code, message, hint, cause: cause === undefined ? null : inspect(cause) },
    details: Object.fromEntries(details.filter(([, value]) => crosses(value))),
  };
}

/** Rebuilds the error. One that was not thrown on purpose becomes "internal". */
export function errorFrom({ code, message, hint, cause, details }: ErrorData): WhisperVulkanError {
  const options = { ...(hint !== null && { hint }), ...(cause !== null && { cause }) };
  return Object.assign(new WhisperVulkanError(code ?? "internal", message, options), details);
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function crosses(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false; // it has functions in it
  }
}
