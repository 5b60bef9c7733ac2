/** Longest name of a recording in messages, in characters. */
const MAX_NAME_LENGTH = 200;

/** A recording's name for messages: without a password, on one line, at most 200 characters. */
export function nameForMessages(name: string): string {
  const isData = /^data:/i.test(name);
  const open = isData
    ? name.slice(0, MAX_NAME_LENGTH + 1).replace(/,.*$/s, ",...")
    : withoutCredentials(name);
  const line = open.slice(0, MAX_NAME_LENGTH + 1).replace(/\p{Cc}/gu, "?");
  return line.length <= MAX_NAME_LENGTH ? line : `${line.slice(0, MAX_NAME_LENGTH - 3)}...`;
}

/** An address that cannot be parsed may contain a password too, so this searches the text. */
function withoutCredentials(name: string): string {
  return name.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
}
