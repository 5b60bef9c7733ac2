import { describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../errors.js";
import { catalogue, findModel, modelNamed } from "./catalogue.js";

/** Sizes of the published files. */
const publishedSizeBytes: Readonly<Record<string, number>> = {
  tiny: 77_691_713,
  "tiny.en": 77_704_715,
  base: 147_951_465,
  "base.en": 147_964_211,
  small: 487_601_967,
  "small.en": 487_614_201,
  medium: 1_533_763_059,
  "medium.en": 1_533_774_781,
  "large-v1": 3_094_623_691,
  "large-v2": 3_094_623_691,
  "large-v3": 3_095_033_483,
  "large-v3-turbo": 1_624_555_275,
};

describe("catalogue", () => {
  it("computes the exact size of every published file from its shapes", () => {
    expect(Object.fromEntries(catalogue.map(({ name, sizeBytes }) => [name, sizeBytes]))).toEqual(
      publishedSizeBytes,
    );
  });

  it("counts parameters", () => {
    // OpenAI states 809 million for turbo.
    expect(Math.round(modelNamed("turbo").parameters / 1e6)).toBe(809);
  });

  it("finds models by name and alias, and lists smaller files first", () => {
    expect(findModel("turbo")?.name).toBe("large-v3-turbo");
    expect(findModel("large")?.name).toBe("large-v3");
    expect(findModel("base.en")?.multilingual).toBe(false);
    expect(findModel("huge")).toBeNull();
    const order = catalogue.map(({ parameters }) => parameters);
    expect(order[0]).toBeLessThan(order.at(-1)!);
  });

  it.each([
    ["lagre-v3", "large-v3"],
    ["Base", "base"],
    ["tiny-en", "tiny.en"],
    ["trubo", "turbo"],
    ["large-v3-turbo-q5_0", "large-v3-turbo"],
    ["", null],
    ["klingon", null],
    ["x".repeat(1_000_000), null],
  ])("suggests what is near %.20s, and only that", (wrong, nearest) => {
    const error = thrownBy(() => modelNamed(wrong));
    expect(error.code).toBe("model-unknown");
    if (nearest === null) expect(error.message).not.toContain("Did you mean");
    else expect(error.message).toContain(`Did you mean ${nearest}`);
    expect(error.message).not.toContain("\n");
  });
});

function thrownBy(action: () => unknown): WhisperVulkanError {
  try {
    action();
  } catch (error) {
    if (error instanceof WhisperVulkanError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
