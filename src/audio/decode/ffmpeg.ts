import { spawn } from "node:child_process";
import { systemErrorCode, WhisperVulkanError } from "../../errors.js";
import type { ByteSource } from "../input/index.js";
import { corrupt, type Decoder, type Pcm, type Warn } from "./decoder.js";

const SAMPLE_RATE = 16000;

/** What is known of a file before the program ffmpeg is asked. */
export interface ForeignAudio {
  /** Its codec for messages ("AAC"), null when not even the container is known. */
  readonly codec: string | null;
  readonly durationSeconds: number | null;
}

/**
 * Decodes through the system's ffmpeg, with the options OpenAI's `load_audio` uses: mono, 16 kHz, 16 bit.
 * `program` is its name or path.
 */
export function openFfmpeg(source: ByteSource, foreign: ForeignAudio, program: string, warn: Warn): Decoder {
  async function* decode(): AsyncGenerator<Pcm> {
    const child = spawn(program, ffmpegOptions(await source.path()), { stdio: ["ignore", "pipe", "pipe"] });
    const messages = collectText(child.stderr);
    const exit = new Promise<{ error?: Error; status?: number | null }>((resolve) => {
      child.once("error", (error) => resolve({ error }));
      child.once("close", (status) => resolve({ status }));
    });
    let nBytes = 0;
    try {
      let odd: Uint8Array = new Uint8Array(0); // half a sample left over
      for await (const piece of child.stdout as AsyncIterable<Uint8Array>) {
        nBytes += piece.length;
        const bytes = odd.length === 0 ? piece : Buffer.concat([odd, piece]);
        odd = bytes.subarray(bytes.length & ~1);
        yield { channels: [samples16(bytes)], sampleRate: SAMPLE_RATE };
      }
    } finally {
      child.kill("SIGKILL"); // nothing to kill when it ran to its end
    }
    const { error, status } = await exit;
    if (error !== undefined) throw cannotRun(source.name, foreign, program, error);
    const lines = messages();
    if (nBytes === 0 || status === null) throw ffmpegFailed(source.name, foreign, lines);
    if (lines.length > 0 || status !== 0) {
      warn(`${source.name}: is damaged or cut off; read as far as it goes (ffmpeg: ${lines[0] ?? status})`);
    }
  }
  return { durationSeconds: foreign.durationSeconds, decode };
}

function ffmpegOptions(path: string): string[] {
  // No protocols but files: a playlist in disguise must not make it open addresses.
  const input = ["-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-i", `file:${path}`];
  const output = [
    "-vn",
    "-sn",
    "-dn",
    "-f",
    "s16le",
    "-acodec",
    "pcm_s16le",
    "-ac",
    "1",
    "-ar",
    `${SAMPLE_RATE}`,
  ];
  return [...input, ...output, "pipe:1"];
}

function samples16(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length >> 1 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}

/** Keeps the first lines a stream carries; returns the way to read them. */
function collectText(stream: NodeJS.ReadableStream): () => string[] {
  let text = "";
  stream.on("data", (piece: Buffer) => {
    if (text.length < 10_000) text += piece.toString();
  });
  return () => text.split("\n").filter((line) => line.trim() !== "");
}

function cannotRun(name: string, { codec }: ForeignAudio, program: string, cause: Error): WhisperVulkanError {
  const hint =
    "Install ffmpeg (apt install ffmpeg, brew install ffmpeg), or convert to WAV, FLAC, MP3 or Opus.";
  const missing = systemErrorCode(cause) === "ENOENT";
  const why = missing ? "there is none on the PATH" : `it does not start: ${cause.message}`;
  if (codec === null) {
    const message = `${name}: not a recording in a known form (WAV, FLAC, MP3, Ogg, WebM, MP4)`;
    return new WhisperVulkanError("audio-unrecognised", message, {
      hint: `Others need ffmpeg. ${hint}`,
      cause,
    });
  }
  const message = `${name}: holds ${codec}, which needs the program ${program}, but ${why}`;
  return new WhisperVulkanError("audio-codec-unsupported", message, { hint, cause });
}

function ffmpegFailed(name: string, { codec }: ForeignAudio, lines: string[]): WhisperVulkanError {
  const text = lines.join("\n");
  const cause = new Error(text || "ffmpeg gave neither samples nor a message");
  if (/does not contain any stream|matches no streams/.test(text)) return noTrack(name, cause);
  if (codec !== null)
    return corrupt(name, `file, nothing in it could be decoded (ffmpeg: ${lines[0] ?? "silent"})`, cause);
  return new WhisperVulkanError("audio-unrecognised", `${name}: not a recording, whatever its name says`, {
    hint: "Give an audio or video file.",
    cause,
  });
}

/** The error for a file without sound. */
export function noTrack(name: string, cause?: unknown): WhisperVulkanError {
  return new WhisperVulkanError("audio-no-track", `${name}: has no audio track`, {
    hint: "Give a file with sound.",
    ...(cause === undefined ? {} : { cause }),
  });
}
