/**
 * The bytes of a recording, read as they arrive: a file, memory, a download, a pipe. Readers move forward; a reader that
 * needs the end first asks for `whole()`.
 */
export interface ByteSource {
  /** Its name in messages: a path, a URL, "stream". */
  readonly name: string;
  /** Its total size; null while that is unknown, as for a stream that is still arriving. */
  readonly sizeBytes: number | null;
  /** Whether everything can be read again from the start: files and memory, and streams after `whole()`. */
  readonly isReplayable: boolean;
  /**
   * Reads `lengthBytes` from `offset` on; fewer only at the end. Waits for bytes that are still on their way.
   *
   * @throws WhisperVulkanError `file-unreadable`, `aborted`; RangeError for bytes that were released
   */
  read(offset: number, lengthBytes: number): Promise<Uint8Array>;
  /**
   * Like `read`, but does not wait for all bytes: it returns those that are there, at least one, none at the end. For parsers
   * that look ahead in a stream as slow as the sound itself. Where it is absent, `read` is used.
   */
  readSome?(offset: number, lengthBytes: number): Promise<Uint8Array>;
  /** Says that nothing before `offset` is read again. A stream discards those bytes; files ignore this. */
  release(offset: number): void;
  /**
   * Waits for all of it and makes every byte readable in any order; a stream is written to a temporary file for that.
   * Returns the size in bytes.
   *
   * @throws WhisperVulkanError `disk-full`, `temporary-folder-unwritable`, `file-unreadable`, `aborted`
   */
  whole(): Promise<number>;
  /** A path at which another program can read everything; writes a temporary file if there is none. */
  path(): Promise<string>;
  /** Closes the file, ends the stream, removes temporary files. Calling it again does nothing. */
  close(): Promise<void>;
}
