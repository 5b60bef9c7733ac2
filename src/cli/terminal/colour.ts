const codes = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;

export type Style = keyof typeof codes;
type Stream = { readonly isTTY?: boolean };

/**
 * Whether text for this stream may have colours: for a terminal, yes. NO_COLOR forbids them everywhere, FORCE_COLOR forces
 * them everywhere ("0" and "false" forbid them). Checked here and not by Node, which prints a warning if both are set.
 */
export function hasColours(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (NO_COLOR || FORCE_COLOR === "0" || FORCE_COLOR === "false") return false;
  return FORCE_COLOR ? true : stream.isTTY === true && TERM !== "dumb";
}

/** The text in a style, where the stream supports styles. */
export function styled(style: Style, text: string, stream: Stream = process.stderr): string {
  return hasColours(stream) ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}
