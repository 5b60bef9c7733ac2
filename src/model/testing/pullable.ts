import { createHash } from "node:crypto";
import type { ModelDimensions } from "../dimensions.js";
import { smallDimensions } from "./small-model.js";

/** A catalogue entry for whatever bytes are given. */
export function pullable(content: Buffer, name = "small", dimensions: ModelDimensions = smallDimensions) {
  const sha1 = createHash("sha1").update(content).digest("hex");
  return { name, sizeBytes: content.byteLength, sha1, dimensions, multilingual: true };
}

/** Waits that a test can afford. */
export const quickTiming = { stallMs: 300, backoffMs: 5, attempts: 3 };
