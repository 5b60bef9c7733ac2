import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** The built JavaScript that a process can run: Node 20 cannot run TypeScript. `npm test` builds it first. */
const dist = new URL("../../../../dist/", import.meta.url);

/** The built file that the engine's process runs. */
export const builtChild = new URL("engine/process/child.js", dist);

/**
 * Writes a child that behaves oddly: the built one, after `body` has changed something in it. The body sees the classes
 * DeviceNetwork and LocalEngine, and once(): true for one of all processes that run this file, the first to ask.
 */
export function oddChild(folder: string, name: string, body: string): URL {
  const path = join(folder, `${name}.mjs`);
  const lines = [
    'import { mkdirSync } from "node:fs";',
    `import { DeviceNetwork } from ${JSON.stringify(new URL("network/device-network.js", dist))};`,
    `import { LocalEngine } from ${JSON.stringify(new URL("engine/local-engine.js", dist))};`,
    `import { WhisperVulkanError } from ${JSON.stringify(new URL("errors.js", dist))};`,
    "function once() {",
    `  try { mkdirSync(${JSON.stringify(`${path}.done`)}); return true; } catch { return false; }`,
    "}",
    body,
    `await import(${JSON.stringify(builtChild)});`,
  ];
  writeFileSync(path, lines.join("\n"));
  return new URL(`file://${path}`);
}

/** The engine says that it is a GPU wherever it is not asked for the CPU; its network has `onGpu` then. */
export const pretendGpu = `
  const load = LocalEngine.load;
  LocalEngine.load = async (model, vocabulary, options) => {
    const engine = await load(model, vocabulary, { ...options, device: "cpu" });
    const { memory } = engine.state;
    const device = { kind: "vulkan", device: "Pretended GPU", details: "" };
    DeviceNetwork.prototype.onGpu = options.device !== "cpu";
    if (options.device !== "cpu") Object.defineProperty(engine, "state", { value: { device, memory } });
    return engine;
  };`;

/** Runs the given code before the n-th encoding of each process. */
export function atEncoding(n: number, code: string): string {
  return `
  const encode = DeviceNetwork.prototype.encode;
  let nEncodings = 0;
  DeviceNetwork.prototype.encode = async function (...args) {
    if (++nEncodings === ${n}) { ${code} }
    return encode.apply(this, args);
  };`;
}
