#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  console.error('whisper-vulkan: not built yet. Run "npm run build" in the checkout first.');
  process.exitCode = 1;
}
