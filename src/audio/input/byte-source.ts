/**
 * The bytes of a recording, read as they come: a file, memory, a download, a pipe. Readers move forward; a reader that
 * needs the end first asks for `whole()`.
 */
export interface ByteSource {
  /** What messages call it: a path, a URL, "stream". */
  readonly name: string;
  /** Size of all of it; null while that is not known, as of a stream that is still coming. */
  readonly sizeBytes: number | null;
  /** Whether everything can be read again from the start: files and memory, and streams after `whole()`. */
  readonly isReplayable: boolean;
  /**
   * Reads `lengthBytes` from `offset` on; fewer only at the end. Waits for bytes that are still on their way.
   *
   * @throws WhisperVulkanError `file-unreadable`, `aborted`; RangeError for bytes that were let go
   */
  read(offset: number, lengthBytes: number): Promise<Uint8Array>;
  /**
   * As `read`, but does not wait for all of it: at least one byte, as many as are there, none at the end. For parsers
   * that look ahead in a stream as slow as the sound itself. Where it is missing, `read` does.
   */
  readSome?(offset: number, lengthBytes: number): Promise<Uint8Array>;
  /** Says that nothing before `offset` is read again. A stream lets those bytes go; files don't care. */
  release(offset: number): void;
  /**
   * Waits for all of it and makes every byte readable in any order; a stream is written to a temporary file for that.
   * Returns the size in bytes.
   *
   * @throws WhisperVulkanError `disk-full`, `temporary-folder-unwritable`, `file-unreadable`, `aborted`
   */
  whole(): Promise<number>;
  /** A path under which another program can read all of it; writes a temporary file where there is none. */
  path(): Promise<string>;
  /** Closes the file, ends the stream, removes temporary files. Calling it again does nothing. */
  close(): Promise<void>;
}
