import { expect, test, vi } from "vitest";
import { useChild } from "./testing/chosen-entry.js";
import { oddChild } from "./testing/odd-child.js";
import { expectTheSame, folder, loadOwn, setUp } from "./testing/own-process.js";

vi.mock("./entry.js", () => import("./testing/chosen-entry.js"));
vi.mock("node:child_process", { spy: true });

setUp();

/** The engine has another memory plan from the first window on. */
const replans = `
  const load = LocalEngine.load;
  LocalEngine.load = async (...args) => {
    const engine = await load(...args);
    const { device, memory } = engine.state;
    let memoryPlan = { blocks: ["before"] };
    Object.defineProperty(engine, "state", { get: () => ({ device, memory, memoryPlan }) });
    const recognise = engine.recognise.bind(engine);
    const after = { blocks: ["after"] };
    engine.recognise = async (...job) => {
      memoryPlan = after;
      return recognise(...job);
    };
    return engine;
  };`;

test("a state that changes between windows is reported once", async () => {
  useChild(oddChild(folder, "replans", replans));
  const { whisper } = await loadOwn();
  expect(whisper.memoryPlan()).toEqual({ blocks: ["before"] });
  await expectTheSame(whisper, 2);
  const told = whisper.memoryPlan();
  expect(told).toEqual({ blocks: ["after"] });
  await expectTheSame(whisper, 2);
  expect(whisper.memoryPlan()).toBe(told); // not sent again
  await whisper.dispose();
});
