import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The tests' oracle and matrix, which are TypeScript and not part of any build. */
export async function tests() {
  const { module } = await runnerImport(`${root}test/gpu-memory.ts`, {
    ...{ root, configFile: false, logLevel: "error" },
  });
  return module;
}
