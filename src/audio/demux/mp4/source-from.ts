import type { ByteSource } from "../../input/byte-source.js";

/** A source without its first `start` bytes: a tag in front of a file moves everything that its index points to. */
export function sourceFrom(source: ByteSource, start: number): ByteSource {
  if (start === 0) return source;
  return {
    name: source.name,
    get sizeBytes() {
      return source.sizeBytes === null ? null : source.sizeBytes - start;
    },
    get isReplayable() {
      return source.isReplayable;
    },
    read: (offset, lengthBytes) => source.read(offset + start, lengthBytes),
    readSome: (offset, lengthBytes) =>
      (source.readSome ?? source.read).call(source, offset + start, lengthBytes),
    release: (offset) => source.release(offset + start),
    whole: async () => (await source.whole()) - start,
    path: () => source.path(),
    close: () => source.close(),
  };
}
