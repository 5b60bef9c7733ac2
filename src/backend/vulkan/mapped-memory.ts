import { koffi } from "./bindings/koffi.js";

/** Host access to mapped device memory; offsets in bytes. */
export interface MappedMemory {
  write(offsetBytes: number, bytes: Uint8Array): void;
  read(offsetBytes: number, into: Uint8Array): void;
}

/** Electron keeps all ArrayBuffers in its own memory cage, so no view onto foreign memory can be made there. */
function viewsAllowed(): boolean {
  return process.versions.electron === undefined && process.env.WHISPER_VULKAN_NO_VIEWS !== "1";
}

/** Access through a view where the runtime allows one, else through foreign copies. */
export function mappedMemory(address: bigint, sizeBytes: number): MappedMemory {
  return viewsAllowed() ? viewed(address, sizeBytes) : copied(address);
}

function viewed(address: bigint, sizeBytes: number): MappedMemory {
  const view = new Uint8Array(koffi().view(address, sizeBytes));
  return {
    write: (offsetBytes, bytes) => view.set(bytes, offsetBytes),
    read: (offsetBytes, into) => into.set(view.subarray(offsetBytes, offsetBytes + into.byteLength)),
  };
}

function copied(address: bigint): MappedMemory {
  return {
    write(offsetBytes, bytes) {
      koffi().encode(address + BigInt(offsetBytes), "uint8_t", bytes, bytes.byteLength);
    },
    read(offsetBytes, into) {
      into.set(koffi().decode(address + BigInt(offsetBytes), "uint8_t", into.byteLength));
    },
  };
}
