// Formatter, linter, types, cycles, arrows, unused exports, package layout: one command, each with its verdict.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const checks = {
  "format and lint": ["biome", "check"],
  types: ["tsc", "-p", "tsconfig.json"],
  cycles: [
    "dpdm",
    "--no-tree",
    "--no-warning",
    "--transform",
    "--exit-code",
    "circular:1",
    "src/index.ts",
    "src/cli/main.ts",
  ],
  "imports point downwards": ["node", "scripts/check-arrows.mjs"],
  "unused exports": ["knip"],
  "package layout": ["publint"],
  "third-party licences": ["node", "scripts/licenses.mjs", "--check"],
};
let failed = 0;
for (const [name, args] of Object.entries(checks)) {
  const [command, ...rest] =
    args[0] === "node" ? [process.execPath, ...args.slice(1)] : ["npx", "--no-install", ...args];
  const { status, stdout, stderr } = spawnSync(command, rest, {
    cwd: root,
    encoding: "utf8",
  });
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name}`);
  if (status !== 0) {
    failed++;
    console.log(`${stdout}\n${stderr}`);
  }
}
process.exit(failed ? 1 : 0);
