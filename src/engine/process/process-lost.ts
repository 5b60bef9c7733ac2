/** The engine's process crashed or hung: what it was doing can be done again in a new one. Never leaves the engine. */
export class ProcessLost extends Error {
  override readonly name = "ProcessLost";
}

/** How a process ended, in words: "SIGSEGV", "code 3", Windows' "code 0xc0000005". */
export function endInWords(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return signal;
  return code !== null && code > 255 ? `code 0x${code.toString(16)}` : `code ${code}`;
}
