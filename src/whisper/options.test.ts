import { describe, expect, it } from "vitest";
import { settingsOf } from "./options.js";

describe("settingsOf", () => {
  it("fills in OpenAI's defaults", () => {
    expect(settingsOf({})).toMatchObject({
      task: "transcribe",
      temperatures: [0, 0.2, 0.4, 0.6, 0.8, 1],
      language: null,
      prompt: "",
      timestamps: true,
      conditionOnPreviousText: true,
      noSpeechThreshold: 0.6,
      logprobThreshold: -1,
      compressionRatioThreshold: 2.4,
      suppressTokens: [-1],
    });
  });

  it("takes one temperature, a list, null thresholds, a language by name", () => {
    expect(settingsOf({ temperature: 0.3 }).temperatures).toEqual([0.3]);
    expect(settingsOf({ temperature: [0, 1] }).temperatures).toEqual([0, 1]);
    expect(settingsOf({ noSpeechThreshold: null }).noSpeechThreshold).toBeNull();
    expect(settingsOf({ language: "French" }).language).toBe("fr");
    expect(settingsOf({ language: "Auto" }).language).toBeNull();
    expect(settingsOf({ prompt: "  Names: Ada. " }).prompt).toBe("Names: Ada.");
  });

  it.each([
    { temperature: [] },
    { temperature: -0.1 },
    { temperature: 1.1 },
    { temperature: [0, Number.NaN] },
    { temperature: "0" },
    { task: "summarise" },
    { language: 7 },
    { prompt: 7 },
    { timestamps: "yes" },
    { conditionOnPreviousText: 1 },
    { noSpeechThreshold: "0.6" },
    { logprobThreshold: Number.NaN },
    { suppressTokens: "-1" },
    { suppressTokens: [1.5] },
    { suppressTokens: [-2] },
    { seed: -1 },
    { seed: 0.5 },
    { signal: {} },
    { onSegment: "print" },
    { onProgress: 1 },
  ])("refuses %j", (options) => {
    const [name] = Object.keys(options);
    expect(() => settingsOf(options as never)).toThrow(expect.objectContaining({ code: "option-invalid" }));
    expect(() => settingsOf(options as never)).toThrow(name);
  });
});
