import type { TypeObject } from "koffi";
import { describe, expect, it } from "vitest";
import * as structs from "./generated/structs.js";
import { koffi } from "./koffi.js";
import { decode, encode, type Field, type Struct } from "./layout.js";

const scalarTypes = {
  u8: "uint8_t",
  u32: "uint32_t",
  i32: "int32_t",
  u64: "uint64_t",
  f32: "float",
  pointer: "void *",
  text: "char",
} as const;

/** The same members in the same order, laid out by koffi's own rules for this machine's C ABI. */
function koffiType(type: Struct): TypeObject {
  const members: Record<string, TypeObject> = {};
  for (const [name, field] of Object.entries(type.fields)) members[name] = memberType(field);
  return koffi().struct(members);
}

function memberType(field: Field): TypeObject {
  const element = field.kind === "struct" ? koffiType(field.struct!) : koffi().type(scalarTypes[field.kind]);
  return field.count === null ? element : koffi().array(element, field.count);
}

describe("structure layouts", () => {
  it.each(Object.entries(structs).map(([name, type]) => [name, type as Struct] as const))(
    "%s has the size and offsets the C ABI gives it",
    (_, type) => {
      const reference = koffiType(type);
      expect(type.sizeBytes).toBe(koffi().sizeof(reference));
      for (const [name, field] of Object.entries(type.fields))
        expect([name, field.offset]).toEqual([name, koffi().offsetof(reference, name)]);
    },
  );

  it("encodes and decodes every kind of field", () => {
    const bytes = encode(structs.VkPhysicalDeviceMemoryProperties, {
      memoryTypeCount: 1,
      memoryTypes: [{ propertyFlags: 7, heapIndex: 2 }],
      memoryHeaps: [{ size: 2n ** 33n, flags: 1 }],
    });
    const decoded = decode(structs.VkPhysicalDeviceMemoryProperties, bytes);
    expect(decoded.memoryTypes[0]).toEqual({ propertyFlags: 7, heapIndex: 2 });
    expect(decoded.memoryHeaps[0]).toEqual({ size: 2n ** 33n, flags: 1 });
    expect(decoded.memoryTypes).toHaveLength(32);
    const name = encode(structs.VkExtensionProperties, { extensionName: "VK_KHR_é", specVersion: 3 });
    expect(decode(structs.VkExtensionProperties, name)).toEqual({
      extensionName: "VK_KHR_é",
      specVersion: 3,
    });
  });

  it("writes the structure type and the address of a Buffer", () => {
    const next = encode(structs.VkMemoryPriorityAllocateInfoEXT, { priority: 0.5 });
    const info = decode(
      structs.VkMemoryAllocateInfo,
      encode(structs.VkMemoryAllocateInfo, { pNext: next, allocationSize: 42, memoryTypeIndex: 3 }),
    );
    expect(info).toEqual({ sType: 5, pNext: koffi().address(next), allocationSize: 42n, memoryTypeIndex: 3 });
  });

  it("refuses a field the structure does not have", () => {
    expect(() => encode(structs.VkBufferCopy, { length: 3 } as object)).toThrow(
      /VkBufferCopy has no field length/,
    );
  });
});
