import type { Command } from "commander";
import { models } from "../engine/models.js";
import { size } from "../memory/index.js";
import { cacheFolder } from "../model/index.js";

export function addModelsCommand(program: Command): void {
  program
    .command("models")
    .description("lists the models: size, memory needed, languages, and which are in the cache")
    .action(async () => {
      const rows = (await models()).map(({ name, aliases, sizeBytes, memoryBytes, nLanguages, path }) => [
        [name, ...aliases].join(", "),
        size(sizeBytes),
        size(memoryBytes),
        nLanguages === 1 ? "English" : `${nLanguages} languages`,
        path === null ? "no" : "yes",
      ]);
      const table = [["model", "file", "memory", "speaks", "cached"], ...rows];
      const width = (column: number) => Math.max(...table.map((row) => row[column]!.length));
      const line = (row: string[]) =>
        row
          .map((cell, i) => (i === 1 || i === 2 ? cell.padStart(width(i)) : cell.padEnd(width(i))))
          .join("  ");
      for (const row of table) console.log(line(row).trimEnd());
      console.log(`\nmemory: weights, caches and scratch on the device. Cache: ${cacheFolder()}`);
    });
}
