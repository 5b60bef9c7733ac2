/** Characters that take two columns: East Asian wide ones and pictures. */
const wide =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
/** Characters that are drawn over the one before them, or not at all. */
const none = /[\p{Mn}\p{Me}\p{Cf}]/u;

/**
 * Columns a text takes in a terminal, or a few more: terminals differ on pictures made of several characters, which
 * are counted one by one here. A variation selector may make the character before it wide.
 */
export function textWidth(text: string): number {
  let columns = 0;
  for (const char of text) columns += wide.test(char) ? 2 : char === "\ufe0f" || !none.test(char) ? 1 : 0;
  return columns;
}

/** The text in at most so many columns: what is too long loses its middle, since names differ at both ends. */
export function cutToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return "";
  const chars = [...text];
  const nEnd = Math.floor((columns - 1) / 2);
  const start = fitting(chars, columns - 1 - nEnd);
  const end = fitting(chars.reverse(), nEnd).reverse();
  while (end.length > 0 && none.test(end[0]!)) end.shift(); // what it was drawn over is cut off
  return `${start.join("")}…${end.join("")}`;
}

function fitting(chars: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  for (const char of chars) {
    columns -= textWidth(char);
    if (columns < 0) break;
    taken.push(char);
  }
  return taken;
}
