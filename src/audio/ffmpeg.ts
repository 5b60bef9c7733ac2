import { type ChildProcess, spawn } from "node:child_process";
import { systemErrorCode, WhisperVulkanError } from "../errors.js";
import { cut } from "../shown.js";
import { DamageReport } from "./demux/damage-report.js";
import type { Demuxer, ForeignAudio } from "./demux/demuxer.js";
import { CONTAINERS } from "./demux/index.js";
import { openMatroska } from "./demux/matroska/index.js";
import { type ByteSource, StreamSource } from "./input/index.js";
import { INSTALL_FFMPEG } from "./install-ffmpeg.js";
import type { Packet } from "./packet.js";

/**
 * Decodes sound that this package cannot, through the system's ffmpeg. ffmpeg writes samples at 16 kHz into a Matroska stream, so that
 * they have the file's own times and a gap costs nothing. As WAV, ffmpeg would fill gaps with zeros and take 1.6 GB of
 * memory for a gap of two hours. It mixes surround to stereo with the same weights as this package.
 *
 * @param program name or path of ffmpeg
 * @param signal ends ffmpeg
 */
export function ffmpegDemuxer(
  source: ByteSource,
  foreign: ForeignAudio,
  program: string,
  damage: DamageReport,
  signal: AbortSignal,
): Demuxer {
  async function* packets(): AsyncGenerator<Packet> {
    const run = new FfmpegRun(program, await source.path());
    const output = new StreamSource(run.output, { name: source.name, sizeBytes: null, hint: "Try again." });
    const stop = () => output.stop(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    let hasSound = false;
    try {
      signal.throwIfAborted();
      if ((await output.read(0, 4)).length === 4) {
        const opened = await openMatroska(output, 0, new DamageReport(), true); // ffmpeg itself reports what it could not read
        if (!("packets" in opened))
          throw new Error("ffmpeg returned a different codec from the one requested");
        for await (const packet of opened.packets()) {
          hasSound = true;
          yield packet;
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
      run.kill();
      await output.close();
    }
    const { error, endedBy, status } = await run.end;
    if (error !== null) throw cannotRun(source.name, foreign, program, error);
    if (endedBy !== null) throw endedEarly(source.name, program, endedBy);
    const [line] = run.messages;
    if (!hasSound) throw nothingDecoded(source.name, foreign, run.messages);
    if (line !== undefined || status !== 0)
      damage.notes.push(`is damaged or cut off; read as far as it goes (ffmpeg: ${line ?? status})`);
  }
  return { durationSeconds: foreign.durationSeconds, packets };
}

interface RunEnd {
  /** It could not be started. */
  readonly error: unknown;
  /** The signal that ended it. */
  readonly endedBy: NodeJS.Signals | null;
  readonly status: number | null;
}

/** How much of ffmpeg's output on standard error is kept, in characters. */
const MAX_MESSAGE_LENGTH = 10_000;

class FfmpegRun {
  readonly end: Promise<RunEnd>;
  readonly output: AsyncIterable<Uint8Array>;
  readonly #child: ChildProcess | null;
  #text = "";
  #isKilled = false;

  constructor(program: string, path: string) {
    let child: ReturnType<typeof start>;
    try {
      child = start(program, path);
    } catch (error) {
      this.#child = null;
      this.output = nothing();
      this.end = Promise.resolve({ error, endedBy: null, status: null });
      return;
    }
    this.#child = child;
    this.output = child.stdout;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (this.#text.length < MAX_MESSAGE_LENGTH) this.#text += text;
    });
    this.end = new Promise((resolve) => {
      child.once("error", (error) => resolve({ error, endedBy: null, status: null }));
      child.once("close", (status, endedBy) =>
        resolve({ error: null, endedBy: this.#isKilled ? null : endedBy, status }),
      );
    });
  }

  /** The lines that ffmpeg printed. */
  get messages(): string[] {
    return this.#text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map(cut);
  }

  /** Does nothing when it ran to its end. */
  kill(): void {
    if (this.#child === null || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    // At the end of its output ffmpeg is about to exit, and its exit status is needed.
    if ((this.#child.stdout as { readableEnded?: boolean } | null)?.readableEnded) return;
    this.#isKilled = true;
    this.#child.kill("SIGKILL");
  }
}

function start(program: string, path: string) {
  // Only the file protocol: a disguised playlist must not make ffmpeg open addresses.
  const input = ["-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i", `file:${path}`];
  const samples = ["-af", "aformat=channel_layouts=mono|stereo", "-ar", "16000", "-c:a", "pcm_s16le"];
  const output = ["-map_metadata", "-1", "-vn", "-sn", "-dn", ...samples, "-f", "matroska", "pipe:1"];
  return spawn(program, [...input, ...output], { stdio: ["ignore", "pipe", "pipe"] });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function cannotRun(
  name: string,
  { codec }: ForeignAudio,
  program: string,
  cause: unknown,
): WhisperVulkanError {
  const hint = INSTALL_FFMPEG;
  const missing = systemErrorCode(cause) === "ENOENT";
  const why = missing
    ? "it is not on the PATH"
    : `it could not be started (${systemErrorCode(cause) ?? String(cause)})`;
  if (codec === null) {
    const known = CONTAINERS.map((container) => container.name).join(", ");
    const message = `${name}: not a recording in a known format (${known})`;
    return new WhisperVulkanError("audio-unrecognised", message, {
      hint: `Other formats need the program ${program}, but ${why}. ${hint}`,
      cause,
    });
  }
  const message = `${name}: contains ${codec}, which needs the program ${program}, but ${why}`;
  return new WhisperVulkanError("audio-codec-unsupported", message, { hint, cause });
}

function endedEarly(name: string, program: string, signal: NodeJS.Signals): WhisperVulkanError {
  const message = `${name}: the program ${program} was ended by ${signal} before everything was decoded`;
  return new WhisperVulkanError("process-failed", message, {
    hint: "Someone may have stopped it, or memory may have run out. Try again.",
  });
}

function nothingDecoded(name: string, { codec }: ForeignAudio, lines: string[]): WhisperVulkanError {
  const text = lines.join("\n");
  const cause = new Error(text || "ffmpeg returned neither samples nor a message");
  if (/does not contain any stream|matches no streams/.test(text)) {
    return new WhisperVulkanError("audio-no-track", `${name}: has no audio track`, {
      hint: "Give a file with sound.",
      cause,
    });
  }
  if (codec === null) {
    // Streams, buffers and files without an ending have no name that says otherwise.
    const despite = /\.\w+$/.test(name) ? ", despite its name" : "";
    return new WhisperVulkanError("audio-unrecognised", `${name}: not a recording${despite}`, {
      hint: "Give an audio or video file.",
      cause,
    });
  }
  const message = `${name}: damaged file; nothing in it could be decoded (ffmpeg: ${lines[0] ?? "silent"})`;
  return new WhisperVulkanError("audio-corrupt", message, {
    hint: "Record, download or convert it again.",
    cause,
  });
}
