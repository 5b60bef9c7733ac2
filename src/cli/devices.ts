import type { Command } from "commander";
import { bestDevice, describeDevice, exportCard, listDevices } from "../backend/vulkan/index.js";
import { devices } from "../engine/devices.js";
import { tablesOf } from "../engine/open-backend.js";
import { WhisperVulkanError } from "../errors.js";
import { cardValues, single } from "./options/index.js";
import { writeWhole } from "./output/index.js";

interface Flags {
  readonly json?: boolean;
  readonly export?: string;
  readonly device?: string;
  readonly simulate?: string;
}

export function addDevicesCommand(program: Command): void {
  const command = program
    .command("devices")
    .description("lists the Vulkan devices: type, driver, heaps, limits, features, and which one auto uses")
    .option("--json", "shows everything that is known about each device");
  single(
    command,
    "--export <card.json>",
    'writes a device to a card file for --simulate ("-": standard output)',
    {
      values: "file",
    },
  );
  single(
    command,
    "--simulate <card>",
    "lists what the program would see on this card: a name, or a card file (see memory)",
    { values: cardValues },
  );
  single(command, "-d, --device <device>", "the device to export: its number or part of its name", {
    values: "device",
  }).action(async ({ json, export: path, device, simulate }: Flags) => {
    if (path !== undefined && simulate !== undefined)
      throw new WhisperVulkanError(
        "option-invalid",
        "--export writes the card of a real device, not of a simulated one",
        { hint: "Leave out --simulate." },
      );
    if (path !== undefined) return writeCard(path, device ?? null);
    if (device !== undefined)
      throw new WhisperVulkanError("option-invalid", "--device only chooses the device to export", {
        hint: "Give --export too, or leave out --device.",
      });
    const { reports, why } = simulate === undefined ? await ownDevices() : await simulatedDevice(simulate);
    if (json) {
      console.log(JSON.stringify(reports, null, 2));
      return;
    }
    const best = bestDevice(reports);
    const mark = (index: number) => (index === best ? "  <- auto" : "");
    reports.forEach((device, i) => {
      console.log(`${i}    ${device.name} (${device.type})${mark(i)}`);
      for (const [what, value] of describeDevice(device)) console.log(`     ${what.padEnd(15)}${value}`);
    });
    console.log(`cpu  the built-in CPU backend (WebAssembly)${mark(-1)}`);
    if (why !== null) console.log(`No Vulkan device. ${why}`);
  });
}

async function writeCard(path: string, device: string | null): Promise<void> {
  if (path === "")
    throw new WhisperVulkanError("option-invalid", "--export needs the name of a file", {
      hint: "Give one after --export, or - for standard output.",
    });
  const card = await exportCard(device);
  const text = `${JSON.stringify(card, null, 2)}\n`;
  if (path === "-") {
    process.stdout.write(text);
    return;
  }
  await writeWhole(path, text).catch((cause) => {
    if (!(cause instanceof WhisperVulkanError)) throw cause;
    throw new WhisperVulkanError(cause.code, cause.message, {
      hint: "Choose another place with --export.",
      cause,
    });
  });
  console.error(`${path}: ${card.device.name}`);
}

/** The card over this machine's first device, as transcribe --simulate has it. */
async function simulatedDevice(simulate: string) {
  try {
    const reports = await listDevices(await tablesOf({ simulate }));
    if (reports.length > 0) return { reports, why: null };
  } catch (error) {
    if (!(error instanceof WhisperVulkanError) || error.code !== "vulkan-unavailable") throw error;
    throw nothingToSimulateOn(error.message, error);
  }
  throw nothingToSimulateOn("The Vulkan loader found no device");
}

function nothingToSimulateOn(why: string, cause?: unknown): WhisperVulkanError {
  return new WhisperVulkanError("vulkan-unavailable", `A simulated card needs a real device. ${why}`, {
    hint: "Install a graphics driver, or use memory MODEL --simulate, which needs none",
    cause,
  });
}

/** This machine's devices, or why there are none. */
async function ownDevices() {
  let why: string | null = null;
  const listed = await devices({
    onNote: (note) => {
      why = note;
    },
  });
  return { reports: listed.flatMap(({ report }) => report ?? []), why };
}
