import { describe, expect, it } from "vitest";
import { ModelPlans } from "../../../test/plan-card.js";
import {
  plannedDevice,
  type WorldDevice,
  worldDevices,
  worldIsHere,
  worldShapes,
  worldVariations,
} from "../../../test/world.js";

if (!worldIsHere) console.log("skipped: plans for the world's devices (the table of devices is absent)");

const nAtRandom = 1000;

/** A device of each shape, and some more at random; `npm run bench:memory` takes all of them. */
function chosenDevices(): WorldDevice[] {
  const devices = worldDevices();
  const shapes = worldShapes(devices);
  // the same ones unless a seed is set, so that no change fails because of an unrelated device
  const seed = Number(process.env.WHISPER_VULKAN_TEST_SEED ?? 573680);
  console.log(
    `${shapes.length} shapes of heaps and types, ${nAtRandom} devices at random (WHISPER_VULKAN_TEST_SEED=${seed})`,
  );
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return [
    ...shapes,
    ...Array.from({ length: nAtRandom }, () => devices[Math.floor(random() * devices.length)]!),
  ];
}

const models = ["base", "small", "large-v3"].map((name) => ({ name, plans: new ModelPlans(name) }));

describe.skipIf(!worldIsHere)("plans for the world's devices", () => {
  it("keep every limit and agree with the oracle: base, small and large-v3, all free, 95 % taken, 64 MiB free", () => {
    const wrong: string[] = [];
    for (const device of chosenDevices())
      for (const variation of worldVariations) {
        const planned = plannedDevice(device, variation);
        for (const { name, plans } of models)
          for (const what of plans.disagreements(plans.plan(planned), planned))
            wrong.push(`${device.id} ${device.name}, ${name}, ${variation}: ${what}`);
      }
    expect(wrong.slice(0, 20)).toEqual([]);
  });
});
