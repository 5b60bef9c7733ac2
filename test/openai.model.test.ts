import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { Whisper } from "../src/index.js";

const shared = fileURLToPath(new URL("../../shared/", import.meta.url));
const results = `${shared}reference/data/openai-base.jsonl.gz`;
const enabled = process.env.WHISPER_VULKAN_TEST_MODELS === "1" && existsSync(results);
if (!enabled)
  console.log("skipped: needs the real-model tier and the recordings that lie beside the checkout");

interface Row {
  readonly id: string;
  readonly file: string;
  readonly lang: string;
  readonly samples: number;
  readonly greedy: { readonly segments: readonly { readonly tokens: readonly number[] }[] };
}

/** Every 40th clip: nine of the 359; the benchmark compares all of them. */
const rows: Row[] = enabled
  ? gunzipSync(readFileSync(results))
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter((row: Row, i) => i % 40 === 0 && row.samples < 480_000)
  : [];

describe.skipIf(!enabled)("base on the CPU, against OpenAI's own results", async () => {
  const whisper = enabled ? await Whisper.load("base", { device: "cpu" }) : null;
  afterAll(() => whisper?.dispose());

  it.each(rows.map((row) => [row.id, row] as const))("%s, token for token", async (_, row) => {
    const path = `${shared}speech/${row.file}`;
    const { segments } = await whisper!.transcribe(path, { language: row.lang, temperature: 0 });
    expect(segments.flatMap(({ tokens }) => tokens)).toEqual(
      row.greedy.segments.flatMap(({ tokens }) => tokens),
    );
  });

  it("transcribes JFK", async () => {
    const { text, language } = await whisper!.transcribe(`${shared}speech/jfk/jfk.flac`);
    expect(language).toBe("en");
    const words = text
      .toLowerCase()
      .replaceAll(/[^a-z ]/g, "")
      .trim();
    expect(words).toBe(
      "and so my fellow americans ask not what your country can do for you ask what you can do for your country",
    );
  });
});
