import type { Command } from "commander";
import { listModels } from "../model/index.js";

export function addModelsCommand(program: Command): void {
  program
    .command("models")
    .description("list the models, their sizes and which lie in the cache")
    .action(async () => {
      const rows = (await listModels()).map(({ name, sizeBytes, multilingual, cachedPath }) =>
        [
          name.padEnd(16),
          `${(sizeBytes / 1e6).toFixed(0)} MB`.padStart(8),
          (multilingual ? "many languages" : "English").padEnd(14),
          cachedPath ?? "",
        ].join("  "),
      );
      console.log(rows.map((row) => row.trimEnd()).join("\n"));
    });
}
