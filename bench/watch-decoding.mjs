// Where a transcription departs from another one's tokens, and how close the two choices were there.
import { LogMel } from "../dist/audio/index.js";
import { DeviceNetwork } from "../dist/network/device-network.js";
import { specialTokens } from "../dist/whisper/special-tokens.js";
import { allowedTokens } from "../dist/whisper/timestamp-rules.js";

/**
 * The first token that is not the expected one.
 * @typedef {{ seconds: number, index: number, ours: number, theirs: number, margin: number }} Departure
 * seconds: where its window starts; index: among the window's tokens; margin: by how much our choice won, in logits
 * (between a timestamp and a word: the log of all timestamps' weights against the likeliest word, as OpenAI decides).
 */

/** @type {Follower | null} */
let follower = null;

const { window } = LogMel.prototype;
LogMel.prototype.window = function (frame, tail, nFrames) {
  if (tail !== "silence") follower?.startWindow(frame);
  return window.call(this, frame, tail, nFrames);
};
const { decode } = DeviceNetwork.prototype;
DeviceNetwork.prototype.decode = async function (rows, signal) {
  if (rows[0].tokens.length === 1) follower?.chose(rows[0].tokens[0]);
  const logits = await decode.call(this, rows, signal);
  follower?.offer(logits.at(-1));
  return logits;
};

/**
 * Runs a greedy transcription with a given language and compares it with the expected segments.
 * @param {{ seek: number, tokens: number[] }[]} expected
 * @param {() => Promise<unknown>} transcribe
 * @returns {Promise<Departure | null>}
 */
export async function follow(expected, transcribe) {
  const followed = new Follower(expected);
  follower = followed;
  try {
    await transcribe();
    followed.endWindow();
    return followed.departure;
  } finally {
    follower = null;
  }
}

class Follower {
  /** @type {Departure | null} */
  departure = null;
  #tokens = new Map();
  #seek = 0;
  #index = 0;
  #logits = null;

  constructor(expected) {
    for (const { seek, tokens } of expected)
      this.#tokens.set(seek, [...(this.#tokens.get(seek) ?? []), ...tokens]);
  }

  startWindow(seek) {
    this.endWindow();
    this.#seek = seek;
    this.#index = 0;
    this.#logits = null;
  }

  offer(logits) {
    this.#logits = logits;
  }

  chose(token) {
    if (!this.#logits) return; // the prompt of an English-only model is one token too
    this.#compare(token);
    this.#index++;
  }

  endWindow() {
    if (this.#logits) this.#compare(specialTokens(this.#logits.length).endOfText);
  }

  #compare(ours) {
    const expected = this.#tokens.get(this.#seek) ?? [];
    // tokens after the last segment of a window were thrown away, so they are unknown
    if (this.departure || this.#index >= expected.length) return;
    const theirs = expected[this.#index];
    if (ours === theirs) return;
    const margin = marginOf(this.#logits, ours, theirs, expected.slice(0, this.#index));
    this.departure = { seconds: this.#seek / 100, index: this.#index, ours, theirs, margin };
  }
}

function marginOf(logits, ours, theirs, before) {
  const special = specialTokens(logits.length);
  const isTime = (token) => token >= special.firstTimestamp;
  if (isTime(ours) === isTime(theirs)) return logits[ours] - logits[theirs];
  const { timestampFrom, timestampTo } = allowedTokens(before, special, logits.length);
  const times = logits.subarray(timestampFrom, timestampTo);
  const max = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = max + Math.log(times.reduce((total, logit) => total + Math.exp(logit - max), 0));
  return isTime(ours) ? sum - logits[theirs] : logits[ours] - sum;
}
