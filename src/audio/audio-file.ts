import { setImmediate as nextTurn } from "node:timers/promises";
import { WhisperVulkanError } from "../errors.js";
import { type AudioSource, type SoundPiece, WHISPER_SAMPLE_RATE } from "./audio-source.js";
import type { AudioInput } from "./input/index.js";
import { type Mono, MonoMixer } from "./mono-mixer.js";
import type { Gap, Pcm } from "./pcm.js";
import { openSound, type Sound } from "./sound.js";
import { checkRate, toWhisperRate } from "./whisper-rate.js";

/**
 * A recording, ready to be decoded to 16 kHz mono. Each iteration decodes from the start, a few
 * milliseconds of work at a time, and holds no more than a second or so of samples. Iterating throws
 * WhisperVulkanError `audio-empty` (no samples at all), `audio-not-finite`, `audio-corrupt`,
 * `audio-unrecognised`, `audio-codec-unsupported`, `audio-no-track`, `file-unreadable`, `process-failed`, `disk-full`,
 * `temporary-folder-unwritable`, `option-invalid` (a stream of something else), `aborted`, `disposed`.
 */
export interface AudioFile extends AudioSource {
  /** Its name in messages: a path, a URL, "stream", "samples". */
  readonly name: string;
  /** Length in seconds, stated by the container or estimated; null when unknown. Good for progress only. */
  readonly durationSeconds: number | null;
  /** Warnings about damage that did not stop the decoding; complete after one whole iteration. */
  readonly warnings: readonly string[];
  [Symbol.asyncIterator](): AsyncGenerator<SoundPiece>;
  /** Ends running iterations, closes the file and removes temporary files. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/** How to open a recording. */
export interface OpenAudioOptions {
  /** Stops opening and decoding with WhisperVulkanError `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** The program that decodes what this package cannot: its name or path. Default "ffmpeg". */
  readonly ffmpeg?: string | undefined;
}

/**
 * Opens a recording of any kind. Streams and downloads are decoded while they arrive; only what needs their end (an MP4
 * with its index after, other programs) waits for it. Damage may show only when it is decoded.
 *
 * @throws WhisperVulkanError `file-not-found`, `file-is-folder`, `file-empty`, `file-unreadable`, `disk-full`,
 *   `temporary-folder-unwritable`, `too-many-open-files`, `option-invalid`, `audio-no-track`, `audio-corrupt`, `aborted`
 */
export async function openAudio(input: AudioInput, options: OpenAudioOptions = {}): Promise<AudioFile> {
  const { signal, ffmpeg = "ffmpeg" } = options;
  const ending = new Ending(signal);
  try {
    ending.signal.throwIfAborted();
    return new DecodedAudio(await openSound(input, ffmpeg, ending.signal), ending);
  } catch (error) {
    ending.forget();
    ending.signal.throwIfAborted(); // a reader that is interrupted reports its own error
    throw error;
  }
}

/** Ends reading and decoding: because the caller's signal fired, or the recording was disposed of. */
class Ending {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #abort = () => {
    const options = { cause: this.#caller?.reason };
    this.end(new WhisperVulkanError("aborted", "Reading the recording was stopped.", options));
  };

  constructor(caller: AbortSignal | undefined) {
    this.#caller = caller;
    if (caller?.aborted) this.#abort();
    else caller?.addEventListener("abort", this.#abort, { once: true });
  }

  /** The signal's reason is a WhisperVulkanError. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(reason: WhisperVulkanError): void {
    this.forget();
    this.#controller.abort(reason);
  }

  /** Stops listening to the caller's signal, which may live much longer. */
  forget(): void {
    this.#caller?.removeEventListener("abort", this.#abort);
  }
}

class DecodedAudio implements AudioFile {
  readonly sampleRate = WHISPER_SAMPLE_RATE;
  readonly warnings: string[] = [];
  readonly #sound: Sound;
  readonly #ending: Ending;
  readonly #running = new Set<AsyncGenerator<SoundPiece>>();
  #isBegun = false;

  constructor(sound: Sound, ending: Ending) {
    this.#sound = sound;
    this.#ending = ending;
  }

  get name(): string {
    return this.#sound.name;
  }

  get durationSeconds(): number | null {
    return this.#sound.durationSeconds;
  }

  get isReplayable(): boolean {
    return this.#sound.isReplayable;
  }

  [Symbol.asyncIterator](): AsyncGenerator<SoundPiece> {
    const pieces = this.#decode();
    this.#running.add(pieces);
    return pieces;
  }

  async *#decode(): AsyncGenerator<SoundPiece> {
    const { signal } = this.#ending;
    signal.throwIfAborted();
    if (this.#isBegun && !this.isReplayable) {
      throw new WhisperVulkanError("internal", `${this.name}: a stream cannot be read a second time`);
    }
    this.#isBegun = true;
    let nSamples = 0;
    let turnEnds = performance.now() + TURN_MS;
    try {
      for await (const piece of this.#pieces()) {
        const length = "nSilentSamples" in piece ? piece.nSilentSamples : piece.length;
        nSamples += length;
        if (length > 0) yield piece;
        if (performance.now() > turnEnds) {
          await nextTurn();
          turnEnds = performance.now() + TURN_MS;
        }
        signal.throwIfAborted();
      }
    } catch (error) {
      signal.throwIfAborted(); // reading a file that was closed meanwhile reports its own error
      throw error;
    }
    if (nSamples > 0) return;
    throw new WhisperVulkanError("audio-empty", `${this.name}: contains no sound (0 samples)`, {
      hint: "Check that the recording was made and written completely.",
    });
  }

  async *#pieces(): AsyncGenerator<SoundPiece> {
    const { pieces, damage } = await this.#sound.begin();
    const mixer = new MonoMixer();
    let seconds = 0;
    for await (const piece of toWhisperRate(mixed(pieces, mixer, this.name), this.name)) {
      seconds += ("nSilentSamples" in piece ? piece.nSilentSamples : piece.length) / WHISPER_SAMPLE_RATE;
      yield piece;
    }
    const lines = damage.lines(this.name, seconds, this.durationSeconds);
    if (mixer.told !== null) {
      const { channel, nChannels } = mixer.told;
      lines.push(
        `${this.name}: its channels cancel each other out; only channel ${channel + 1} of ${nChannels} is used there`,
      );
    }
    // Decoding again finds the same channels.
    for (const line of lines) if (!this.warnings.includes(line)) this.warnings.push(line);
  }

  async dispose(): Promise<void> {
    // First end what waits for bytes. Unfinished iterations then release their decoders and ffmpeg.
    this.#ending.end(
      new WhisperVulkanError("disposed", `${this.name}: was closed while it was being decoded`),
    );
    await Promise.allSettled([...this.#running].map((pieces) => pieces.return(undefined)));
    await this.#sound.close();
  }
}

/** About how long decoding may run before other events get their turn. */
const TURN_MS = 10;

async function* mixed(
  pieces: AsyncIterable<Pcm | Gap>,
  mixer: MonoMixer,
  name: string,
): AsyncGenerator<Mono | Gap> {
  for await (const piece of pieces) {
    if (!("silentSeconds" in piece)) {
      checkRate(piece.sampleRate, name); // the mixer's memory grows with it
      for (const mono of mixer.push(piece)) yield mono;
      continue;
    }
    yield* mixer.flush();
    yield piece;
  }
  yield* mixer.flush();
}
