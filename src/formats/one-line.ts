/**
 * The text on one line: without the spaces around it, line breaks as spaces, without control characters, which a
 * terminal or player would obey, and with halves of surrogate pairs replaced, which UTF-8 cannot hold.
 */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s*[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]\s*/gu, " ")
    .replace(/\p{Cc}/gu, "")
    .trim();
}
