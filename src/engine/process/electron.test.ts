import { fork } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { Whisper } from "../whisper.js";
import type { ElectronMain } from "./electron.js";
import { limits } from "./limits.js";
import { useChild } from "./testing/chosen-entry.js";
import { oddChild } from "./testing/odd-child.js";
import {
  children,
  errorOf,
  expectTheSame,
  folder,
  isThere,
  loadOwn,
  own,
  path,
  setUp,
} from "./testing/own-process.js";

vi.mock("./entry.js", () => import("./testing/chosen-entry.js"));
vi.mock("node:child_process", { spy: true });
const electron = vi.hoisted(() => ({ main: null as ElectronMain | null }));
vi.mock("./electron.js", async (original) => ({
  ...(await original<typeof import("./electron.js")>()),
  electronMain: () => electron.main,
}));

setUp();
const { execPath } = process;
afterEach(() => {
  electron.main = null;
  process.execPath = execPath;
  Reflect.deleteProperty(process.versions, "electron");
});

/** An Electron whose utility processes are children of Node with a port to the parent, as Electron's have. */
function fakeElectron(whenReady: () => Promise<void>): ElectronMain {
  useChild(
    oddChild(
      folder,
      "utility",
      `process.parentPort = {
        postMessage: (message) => process.send(message),
        on: (_, listener) => process.on("message", (data) => listener({ data })),
      };`,
    ),
  );
  return {
    app: { isReady: () => true, whenReady },
    utilityProcess: {
      fork: (entry, args, { env, execArgv }) => {
        const child = fork(entry, args, { env, execArgv, serialization: "advanced" });
        return {
          get pid() {
            return child.exitCode === null && child.signalCode === null ? child.pid : undefined;
          },
          postMessage: (message) => void child.send(message as object, () => {}),
          kill: () => child.kill(),
          on: (event: string, listener: (value: never) => void) =>
            child.on(event, (value) => listener((value ?? 9) as never)),
        };
      },
    },
  };
}

test("in Electron's main process a utility process does the work; killed, another one goes on; gone after dispose", async () => {
  electron.main = fakeElectron(async () => {});
  const { whisper, notes } = await loadOwn();
  await expectTheSame(whisper, 2);
  children().at(-1)!.kill("SIGKILL");
  await vi.waitFor(() => expect(notes).toHaveLength(1), 10_000);
  await expectTheSame(whisper, 2);
  await whisper.dispose();
  expect(children()).toHaveLength(2);
  for (const child of children()) await vi.waitFor(() => expect(isThere(child)).toBe(false), 10_000);
});

test("an app that never becomes ready is an error that says what blocks it", async () => {
  limits.appReadyMs = 200;
  electron.main = fakeElectron(() => new Promise(() => {}));
  const error = await errorOf(Whisper.load(path, own));
  expect(error).toMatchObject({ code: "process-failed", hint: expect.stringContaining("app.whenReady()") });
  expect(children()).toHaveLength(0);
});

test.each([
  ["shows its window", "exec sleep 60"],
  ["ends at once", "exit 0"],
])("an app without the runAsNode fuse that %s is started once, and the fuse is named", async (_, body) => {
  Object.defineProperty(process.versions, "electron", { value: "40.0.0", configurable: true });
  limits.firstWordMs = 1000;
  const [app, starts] = [join(folder, "app.sh"), join(folder, "starts.txt")];
  writeFileSync(starts, "");
  writeFileSync(app, `#!/bin/sh\necho "$WHISPER_VULKAN_ENGINE" >> ${starts}\n${body}\n`);
  chmodSync(app, 0o755);
  process.execPath = app;
  const error = await errorOf(Whisper.load(path, own));
  expect(error).toMatchObject({
    code: "process-failed",
    message: expect.stringContaining("runAsNode fuse off"),
  });
  expect(readFileSync(starts, "utf8")).toBe("1\n");
});

test("an app that was started in the engine's place starts nothing", async () => {
  Object.defineProperty(process.versions, "electron", { value: "40.0.0", configurable: true });
  vi.stubEnv("WHISPER_VULKAN_ENGINE", "1");
  const error = await errorOf(Whisper.load(path, own));
  vi.unstubAllEnvs();
  expect(error).toMatchObject({ code: "process-failed", message: expect.stringContaining("runAsNode") });
  expect(children()).toHaveLength(0);
});
