// Imports point downwards (ARCHITECTURE.md): what each folder of src/ may import. Tests and their helpers are free.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src/", import.meta.url));

/** By folder: its neighbours below. Files directly in src/ (errors, shown, version ...) are below everything. */
const MAY_IMPORT = {
  ops: [],
  memory: [],
  audio: [],
  backend: ["memory", "ops"],
  model: ["ops"],
  network: ["backend", "memory", "model", "ops"],
  whisper: ["network"],
  formats: ["whisper"],
  engine: ["audio", "backend", "memory", "model", "network", "whisper"],
  cli: ["audio", "backend", "engine", "formats", "memory", "model", "whisper"],
  "audio/input": [],
  "audio/codec": [],
  "audio/demux": ["audio/codec", "audio/input"],
  "audio/log-mel": ["audio/input"],
  "memory/simulate": [],
  "memory/record": ["memory/simulate"],
};

const isTest = (path) => /\.test\.ts$|\.as\.ts$|(^|\/)testing\/|(^|\/)(cases|check-case)\.ts$/.test(path);
const files = readdirSync(src, { recursive: true })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.[tj]s$/.test(path) && !isTest(path));
/** The most deeply nested folder of the table with this file. */
const folderOf = (path) =>
  Object.keys(MAY_IMPORT)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];

let nWrong = 0;
for (const file of files) {
  const from = folderOf(file);
  if (from === undefined) continue;
  for (const [, spec] of readFileSync(join(src, file), "utf8").matchAll(/(?:from|import\(?) ?"(\.[^"]+)"/g)) {
    const target = relative(src, join(src, dirname(file), spec));
    const to = folderOf(target);
    const isInside =
      to === undefined || to === from || from.startsWith(`${to}/`) || to.startsWith(`${from}/`);
    const isProgram = target === "index.js" && from !== "cli";
    const [above] = from.split("/");
    const isAllowed = MAY_IMPORT[from].includes(to) || MAY_IMPORT[above].includes(to?.split("/")[0]);
    if (!isProgram && (isInside || isAllowed)) continue;
    nWrong++;
    console.error(`src/${file} imports ${target}: ${from} may not know ${to ?? "the whole library"}`);
  }
}
process.exit(nWrong ? 1 : 0);
