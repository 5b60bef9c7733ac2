import { inspect } from "node:util";

const longest = 200;

/** A value that was given, for a message: on one line, cut at 200 characters. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "string") return `"${cut(JSON.stringify(value.slice(0, longest + 1)).slice(1, -1))}"`;
  const oneLine = { breakLength: Number.POSITIVE_INFINITY, compact: true };
  return cut(inspect(value, { ...oneLine, depth: 0, maxArrayLength: 10, customInspect: false }));
}

/** What a foreign error says, for a message. fetch hides the reason in its error's cause. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return cut(String(error));
  const { cause } = error;
  const isHidden = error instanceof TypeError && cause instanceof Error && cause.message !== "";
  return cut(isHidden ? cause.message : error.message);
}

/** A text on one line, of at most 200 characters. */
export function cut(text: string): string {
  const short = text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
  return short.replace(/\p{Cc}/gu, "?");
}
