import { relative, sep } from "node:path";
import { WhisperVulkanError } from "../../errors.js";
import { filesUnder, isVisible, type Unreadable } from "./files-under.js";

/** To the file systems of Windows and macOS, a.mp3 and A.MP3 are the same. */
const ignoreCase = process.platform === "win32" || process.platform === "darwin";

/** Whether a text contains wildcards. */
export function isPattern(text: string): boolean {
  return /[*?]|\[.+\]|\{.*,.*\}/.test(text);
}

/** Patterns may have "/" between folders on Windows too. */
const slashed = (path: string) => (sep === "\\" ? path.replaceAll("\\", "/") : path);

/**
 * The files that match a pattern, sorted, and the folder before its first wildcard: * and ? within a name, ** for
 * any folders, [a-z], [!a], {a,b}. Names that begin with a dot match only where the pattern has the dot.
 * Error: option-invalid; the folder's own system errors.
 */
export async function filesOfPattern(
  pattern: string,
  unreadable: Unreadable,
): Promise<{ readonly base: string; readonly paths: readonly string[] }> {
  const parts = slashed(pattern).split("/");
  const firstWild = parts.findIndex(isPattern);
  const base = firstWild === 0 ? "." : parts.slice(0, firstWild).join("/") || "/";
  const wild = parts.slice(firstWild);
  const wanted = expression(pattern, wild);
  const passes = wild.some((part) => /^\.|\{(.*,)?\./.test(part)) ? () => true : isVisible;
  const depth = wild.includes("**") ? Number.POSITIVE_INFINITY : wild.length;
  const found = await filesUnder(base, { passes, depth, unreadable });
  return { base, paths: found.filter((path) => wanted.test(slashed(relative(base, path)))) };
}

function expression(pattern: string, parts: readonly string[]): RegExp {
  const source = parts.map((part, i) => {
    const last = i === parts.length - 1;
    if (part === "**") return last ? ".*" : "(?:(?!\\.)[^/]+/)*";
    return nameExpression(part) + (last ? "" : "/");
  });
  try {
    return new RegExp(`^${source.join("")}$`, ignoreCase ? "iu" : "u");
  } catch (cause) {
    throw new WhisperVulkanError("option-invalid", `${pattern}: this pattern cannot be read`, {
      hint: "Patterns have *, ?, **, [a-z], [!a] and {a,b}.",
      cause,
    });
  }
}

/** One name's part of a pattern. */
function nameExpression(part: string): string {
  let source = /^[.{]/.test(part) ? "" : "(?!\\.)";
  let depth = 0;
  for (let i = 0; i < part.length; ) {
    const rest = part.slice(i);
    const [set, not, letters] = /^\[([!^]?)(\]?[^\]]*)\]/.exec(rest) ?? [];
    const char = set ?? String.fromCodePoint(rest.codePointAt(0)!);
    if (letters) source += `(?!/)[${not ? "^" : ""}${letters.replace(/[\\[\]^]/g, "\\$&")}]`;
    else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "{" && rest.includes("}")) {
      source += "(?:";
      depth++;
    } else if (char === "}" && depth > 0) {
      source += ")";
      depth--;
    } else if (char === "," && depth > 0) source += "|";
    else source += char.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    i += char.length;
  }
  return source;
}
