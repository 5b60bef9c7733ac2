import { WhisperVulkanError } from "../../errors.js";
import { reason } from "../../shown.js";
import type { ByteSource } from "./byte-source.js";
import { kindOf } from "./samples.js";
import { StoppableReader } from "./stoppable-reader.js";
import { TemporaryFile } from "./temporary-file.js";

/** Most bytes kept in memory; where a reader needs more of them, they go to a temporary file. */
const MAX_KEPT_BYTES = 1 << 25;
const FIRST_BUFFER_BYTES = 1 << 17;

/** What is known of a stream before it is read. */
export interface StreamFacts {
  /** Its name in messages. */
  readonly name: string;
  /** How many bytes it should have, as a download's header says; null where nothing does. */
  readonly sizeBytes: number | null;
  /** The hint of the error when it breaks off. */
  readonly hint: string;
}

/**
 * The bytes of a stream, while they arrive. Only bytes that readers have not released are kept: in memory, or, where that would
 * take much or the whole stream is requested, in a temporary file.
 */
export class StreamSource implements ByteSource {
  readonly name: string;
  readonly #facts: StreamFacts;
  readonly #reader: StoppableReader<Uint8Array>;
  /** Bytes `#start` to `#arrived` of the stream. Never written to again below `#arrived`, so views of it stay right. */
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #start = 0;
  #arrived = 0;
  #released = 0;
  /** From now on, no bytes are discarded. */
  #isPinned = false;
  #wantsFile = false;
  #hasEnded = false;
  #failure: { readonly error: unknown } | null = null;
  #pulling: Promise<void> | null = null;
  /** Holds the stream from offset `#start` on, instead of the buffer. */
  #file: TemporaryFile | null = null;
  #closing: Promise<void> | null = null;

  constructor(stream: AsyncIterable<Uint8Array>, facts: StreamFacts) {
    this.name = facts.name;
    this.#facts = facts;
    this.#reader = new StoppableReader(stream);
  }

  get sizeBytes(): number | null {
    return this.#hasEnded ? this.#arrived : this.#facts.sizeBytes;
  }

  get isReplayable(): boolean {
    return this.#isPinned && this.#hasEnded && this.#start === 0;
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    while (this.#arrived < offset + lengthBytes && !this.#hasEnded) await this.#pull();
    return this.#take(offset, lengthBytes);
  }

  async readSome(offset: number, lengthBytes: number): Promise<Uint8Array> {
    while (this.#arrived <= offset && !this.#hasEnded) await this.#pull();
    return this.#take(offset, lengthBytes);
  }

  release(offset: number): void {
    if (!this.#isPinned && offset > this.#released) this.#released = offset;
  }

  async whole(): Promise<number> {
    this.#pin();
    while (!this.#hasEnded) await this.#pull();
    return this.#arrived;
  }

  async path(): Promise<string> {
    this.#pin();
    this.#wantsFile = true;
    while (!this.#hasEnded || this.#file === null) await this.#pull();
    return this.#file.path;
  }

  /** Ends the stream; what is being read fails with `reason`. */
  stop(reason: unknown): void {
    this.#failure ??= { error: reason };
    this.#reader.stop(reason);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.stop(new WhisperVulkanError("disposed", `${this.name}: was closed while it was being read`));
      await this.#pulling?.catch(() => {}); // those who wait for it get the error
      await this.#file?.remove();
    })();
    return this.#closing;
  }

  async #take(offset: number, lengthBytes: number): Promise<Uint8Array> {
    if (offset < this.#start)
      throw new RangeError(`byte ${offset} is no longer kept; the first kept byte is ${this.#start}`);
    const end = Math.min(offset + lengthBytes, this.#arrived);
    if (end <= offset) return new Uint8Array(0);
    if (this.#file !== null) return this.#file.read(offset - this.#start, end - offset);
    return this.#buffer.subarray(offset - this.#start, end - this.#start);
  }

  /** Waits for the next piece, or for the file. All waiting readers share the same wait. */
  #pull(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    this.#pulling ??= this.#pullOnce()
      .catch((error: unknown) => {
        this.#failure ??= { error: this.#readingError(error) };
        this.#reader.stop(this.#failure.error);
        throw this.#failure.error;
      })
      .finally(() => {
        this.#pulling = null;
      });
    return this.#pulling;
  }

  async #pullOnce(): Promise<void> {
    if (this.#wantsFile && this.#file === null) return this.#toFile();
    if (this.#hasEnded) return;
    const { done, value } = await this.#reader.next();
    if (done) {
      const { sizeBytes, hint } = this.#facts;
      if (sizeBytes !== null && this.#arrived < sizeBytes) {
        const message = `${this.name}: ended after ${this.#arrived} of ${sizeBytes} bytes`;
        throw new WhisperVulkanError("file-unreadable", message, { hint });
      }
      this.#hasEnded = true;
      return;
    }
    if (!isBytes(value)) throw notBytes(this.name, value);
    if (this.#file === null && this.#arrived - this.#keptFrom() + value.length > MAX_KEPT_BYTES)
      await this.#toFile();
    if (this.#file !== null) await this.#file.append(value);
    else this.#keep(value);
    this.#arrived += value.length;
  }

  /** Offset of the first byte that is still wanted, of those that are there. */
  #keptFrom(): number {
    return Math.min(Math.max(this.#released, this.#start), this.#arrived);
  }

  #keep(piece: Uint8Array): void {
    const from = this.#keptFrom();
    if (this.#arrived - this.#start + piece.length > this.#buffer.length) {
      const kept = this.#buffer.subarray(from - this.#start, this.#arrived - this.#start);
      this.#buffer = new Uint8Array(Math.max(FIRST_BUFFER_BYTES, 2 * (kept.length + piece.length)));
      this.#buffer.set(kept);
      this.#start = from;
    }
    this.#buffer.set(piece, this.#arrived - this.#start);
  }

  #pin(): void {
    this.#isPinned = true;
    this.#released = this.#start;
  }

  /** Only from within a pull, so that no piece arrives meanwhile. */
  async #toFile(): Promise<void> {
    const from = this.#keptFrom();
    const file = await TemporaryFile.create(this.name);
    try {
      await file.append(this.#buffer.subarray(from - this.#start, this.#arrived - this.#start));
    } catch (error) {
      await file.remove();
      throw error;
    }
    this.#file = file;
    this.#start = from;
    this.#buffer = new Uint8Array(0);
  }

  #readingError(error: unknown): unknown {
    if (error instanceof WhisperVulkanError) return error;
    return new WhisperVulkanError("file-unreadable", `${this.name}: reading it failed (${reason(error)})`, {
      hint: this.#facts.hint,
      cause: error,
    });
  }
}

/** Bytes of another realm count too. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]";
}

function notBytes(name: string, value: unknown): WhisperVulkanError {
  return new WhisperVulkanError("option-invalid", `${name}: carries ${kindOf(value)}, not bytes`, {
    hint: "Give a stream of a file's bytes, without an encoding set; samples go as { samples, sampleRate }.",
  });
}
