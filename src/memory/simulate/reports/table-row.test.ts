import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { WhisperVulkanError } from "../../../errors.js";
import { readCard } from "../read-card.js";
import { variations, vary } from "../variations.js";
import { cardFromRow } from "./table-row.js";

/** Reports of 18,708 devices from vulkan.gpuinfo.org (CC BY 4.0). */
const file = fileURLToPath(new URL("../../../../../shared/reference/data/devices.jsonl.gz", import.meta.url));
const present = existsSync(file);
if (!present) console.log("skipped: every device of the world as a card (the table of devices is absent)");

const row = {
  id: 5,
  name: "Card (TM) 5",
  vendor: 4098,
  type: 2,
  driver: "radv",
  driverInfo: "Mesa 25",
  api: "1.3",
  heaps: [
    [8321499136, 3],
    [8573157376, 0],
  ],
  types: [
    [1, 0],
    [14, 1],
  ],
  limits: { maxStorageBufferRange: 0, maxMemoryAllocationSize: 0, minStorageBufferOffsetAlignment: 0 },
  features: ["shaderFloat16"],
  extensions: [],
};

describe("cardFromRow", () => {
  it("makes a card of a row, with sane limits in place of 0", () => {
    expect(cardFromRow(row)).toMatchObject({
      name: "card-tm-5-5",
      device: { type: "discrete", driver: "radv Mesa 25", apiVersion: [1, 3] },
      heaps: [
        { sizeBytes: 8321499136, deviceLocal: true },
        { sizeBytes: 8573157376, deviceLocal: false },
      ],
      types: [
        { flags: 1, heap: 0 },
        { flags: 14, heap: 1 },
      ],
      limits: {
        maxMemoryAllocationSize: 2 ** 30,
        maxStorageBufferRange: 2 ** 27,
        minStorageBufferOffsetAlignment: 256,
      },
      ramBytes: 8573157376,
    });
  });

  it("says what is wrong with one", () => {
    expect(() => cardFromRow({ ...row, types: [] })).toThrow("row 5: no memory type");
    expect(() => cardFromRow({ ...row, heaps: [["8 GB", 1]] })).toThrow(
      "row 5: heaps[0][0] must be a whole number",
    );
    expect(() => cardFromRow(null)).toThrow(expect.objectContaining({ code: "card-invalid" }));
  });
});

describe.skipIf(!present)("the world's devices", () => {
  it("are cards, all but those without memory", () => {
    const lines = gunzipSync(readFileSync(file)).toString().trim().split("\n");
    expect(lines).toHaveLength(18708);
    const refused: string[] = [];
    for (const line of lines) {
      try {
        const card = cardFromRow(JSON.parse(line));
        const text = JSON.stringify(card);
        const again = readCard(JSON.parse(text), "row");
        if (JSON.stringify(again) !== text) expect(again).toEqual(card);
        for (const variation of variations) readCard(vary(card, variation), variation);
      } catch (error) {
        if (!(error instanceof WhisperVulkanError)) throw error;
        refused.push(error.message);
      }
    }
    console.log(
      `${lines.length - refused.length} of ${lines.length} devices are cards; not: ${refused.join("; ")}`,
    );
    expect(refused).toHaveLength(2);
    for (const why of refused) expect(why).toContain("no memory type");
  });
});
