import { describe, expect, it } from "vitest";
import { languageCode, languageName, languages } from "./languages.js";
import { specialTokens } from "./special-tokens.js";
import { byteVocabulary } from "./testing/byte-vocabulary.js";

describe("languageCode", () => {
  it.each([
    ["en", "en"],
    ["German", "de"],
    [" castilian ", "es"],
    ["MANDARIN", "zh"],
    ["haitian creole", "ht"],
    ["haw", "haw"],
    ["yue", "yue"],
    ["EN", "en"],
    ["en-US", "en"],
    ["pt-BR", "pt"],
    ["zh-CN", "zh"],
    ["zh_TW", "zh"],
    ["zh-Hant-HK", "zh"],
    ["yue-HK", "yue"],
    ["de_AT.UTF-8", "de"],
    ["ca_ES@valencia", "ca"],
    ["es-419", "es"],
    ["haw-US", "haw"],
    ["tl-PH", "tl"],
    ["fil-PH", "tl"],
    ["nb-NO", "no"],
    ["no-NO", "no"],
    ["jv-ID", "jw"],
    ["iw-IL", "he"],
    ["in-ID", "id"],
    ["deu", "de"],
    ["cmn-Hans-CN", "zh"],
  ])("knows %s", (name, code) => {
    expect(languageCode(name)).toBe(code);
  });

  it.each([
    ["germna", /"\. Did you mean German\?$/],
    ["spansh", "Spanish"],
    ["englsh", /"\. Did you mean English\?$/],
    ["haitian creol", "Haitian Creole"],
    ["gr", /\w\w \(\w+\)/],
    ["klingon", /called "klingon"\.$/],
    ["", /called ""\.$/],
    ["xx-US", /"xx-US"\.$/],
    ["en-", "Did you mean en (English)?"],
    ["-", /"-"\.$/],
    ["en US", "en US"],
    ["auto-US", "auto-US"],
    ["x".repeat(10_000), /^.{200,400}$/],
  ])("names what %j may have meant", (name, hint) => {
    expect(() => languageCode(name)).toThrow(expect.objectContaining({ code: "language-unknown" }));
    expect(() => languageCode(name)).toThrow(hint);
  });

  it("has a hundred languages, each once, each by its name", () => {
    expect(new Set(languages.map(([code]) => code)).size).toBe(100);
    for (const [code, name] of languages) {
      expect(languageCode(name)).toBe(code);
      expect(languageName(code)).toBe(name);
    }
  });
});

describe("specialTokens", () => {
  it("follow the text tokens", () => {
    expect(specialTokens(51865)).toEqual({
      endOfText: 50257,
      startOfTranscript: 50258,
      translate: 50358,
      transcribe: 50359,
      startOfLanguageModel: 50360,
      startOfPrevious: 50361,
      noSpeech: 50362,
      noTimestamps: 50363,
      firstTimestamp: 50364,
      nLanguages: 99,
    });
    expect(specialTokens(51866)).toMatchObject({ endOfText: 50257, translate: 50359, firstTimestamp: 50365 });
    expect(specialTokens(51864)).toMatchObject({ endOfText: 50256, noSpeech: 50361, firstTimestamp: 50363 });
  });
});

describe("startTokens", () => {
  it("names language and task", () => {
    expect(byteVocabulary(51865).startTokens("en", "transcribe")).toEqual([50258, 50259, 50359]);
    expect(byteVocabulary(51865).startTokens("su", "translate")).toEqual([50258, 50357, 50358]);
    expect(byteVocabulary(51866).startTokens("yue", "translate")).toEqual([50258, 50358, 50359]);
    expect(byteVocabulary(51864).startTokens("en", "transcribe")).toEqual([50257]);
  });

  it("refuses what the model can't do", () => {
    const error = (code: string) => expect.objectContaining({ code });
    expect(() => byteVocabulary(51865).startTokens("yue", "transcribe")).toThrow(error("language-unknown"));
    expect(() => byteVocabulary(51864).startTokens("de", "transcribe")).toThrow(error("language-unknown"));
    expect(() => byteVocabulary(51864).startTokens("de", "transcribe")).toThrow("not German");
    expect(() => byteVocabulary(51864).startTokens("en", "translate")).toThrow(error("option-invalid"));
  });
});
