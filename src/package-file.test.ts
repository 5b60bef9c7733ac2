import { expect, test } from "vitest";
import { packageFile } from "./package-file.js";

test("an existing file is found; for a missing one the error says how to configure a bundler", () => {
  const here = new URL(import.meta.url);
  expect(packageFile(here)).toBe(here);
  const missing = () => packageFile(new URL("./no-such.wasm", import.meta.url));
  expect(missing).toThrow(
    expect.objectContaining({
      code: "package-incomplete",
      message: expect.stringContaining("no-such.wasm"),
      hint: expect.stringContaining("mark whisper-vulkan as external"),
    }),
  );
});
