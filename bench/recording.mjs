import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const jfk = fileURLToPath(new URL("../../shared/speech/jfk/jfk.flac", import.meta.url));

/** The recording that is timed: eleven seconds of Kennedy where they are beside the checkout, otherwise one of samples/. */
export const recording = existsSync(jfk)
  ? jfk
  : fileURLToPath(new URL("../samples/river.wav", import.meta.url));

/** One window, greedy, nothing to detect: the same work for every engine. */
export const options = { language: "en", temperature: 0 };
