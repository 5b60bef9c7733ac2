/**
 * Runs a WebAssembly decoder and suppresses its output: these decoders report damage on the console as well as in their
 * result, and the console belongs to the caller. Only for synchronous work, since nothing else can print during it.
 */
export function quietly<T>(decode: () => T): T {
  const { error, warn, log } = console;
  const silent = () => {};
  Object.assign(console, { error: silent, warn: silent, log: silent });
  try {
    return decode();
  } finally {
    Object.assign(console, { error, warn, log });
  }
}
