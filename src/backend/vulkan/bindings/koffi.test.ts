import { expect, test } from "vitest";
import { koffi } from "./koffi.js";

test("without its native part, the error says that Vulkan is unavailable; the next call tries again", () => {
  const missing = new Error("Cannot find the native Koffi module; did you bundle it correctly?");
  const without = () =>
    koffi(() => {
      throw missing;
    });
  expect(without).toThrow(expect.objectContaining({ code: "vulkan-unavailable", cause: missing }));
  expect(koffi().sizeof("uint32_t")).toBe(4);
});
