import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Bundles pull-process.ts into one JavaScript file, since Node 20 runs no TypeScript. */
export async function bundlePullProcess(folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: "silent",
    build: {
      ssr: fileURLToPath(new URL("./pull-process.ts", import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      target: "node20",
      rollupOptions: { output: { entryFileNames: "pull-process.mjs" } },
    },
  });
  return join(folder, "pull-process.mjs");
}

/** A line that pull-process.ts prints. */
export interface ChildLine {
  readonly phase?: string;
  readonly path?: string;
  readonly error?: string;
  readonly extraBytes?: number;
}

/** Starts pull-process.ts; `lines` are what it has printed when it is over. */
export function startPull(
  script: string,
  argument: object,
): { child: ChildProcess; lines: Promise<ChildLine[]> } {
  const child = spawn(process.execPath, [script, JSON.stringify(argument)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const lines = new Promise<ChildLine[]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () =>
      resolve(
        output
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as ChildLine),
      ),
    );
  });
  return { child, lines };
}
