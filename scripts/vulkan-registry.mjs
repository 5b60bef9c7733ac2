// Reads the parts of the Vulkan registry (vk.xml) that the bindings need. The file is machine-written and
// regular, so plain text matching is enough.

const plainTypes = {
  uint8_t: { kind: "u8", size: 1 },
  uint32_t: { kind: "u32", size: 4 },
  int32_t: { kind: "i32", size: 4 },
  int: { kind: "i32", size: 4 },
  float: { kind: "f32", size: 4 },
  uint64_t: { kind: "u64", size: 8 },
  size_t: { kind: "u64", size: 8 },
};

/** Looks things up in the registry by name; throws on a name it does not have. */
export function parseRegistry(xml) {
  const text = xml.replace(/<!--[\s\S]*?-->/g, "").replace(/<comment>[\s\S]*?<\/comment>/g, "");
  const types = new Map();
  for (const [, attributes, body = ""] of text.matchAll(/^\s*<type ([^>]*?)(?:\/>|>([\s\S]*?)<\/type>$)/gm)) {
    if (!attributes.includes("category=")) continue;
    const name = attribute(attributes, "name") ?? /<name>(\w+)<\/name>/.exec(body)?.[1];
    if (name && !/api="vulkansc"/.test(attributes)) types.set(name, { attributes, body });
  }
  const constants = readConstants(text);
  const commands = new Map();
  for (const [, body] of text.matchAll(/<command(?: [^>]*)?>([\s\S]*?)<\/command>/g))
    commands.set(/<name>(\w+)<\/name><\/proto>/.exec(body)?.[1], body);
  const lookUp = (name) => {
    const type = types.get(name);
    if (!type) throw new Error(`the registry has no type ${name}`);
    const alias = attribute(type.attributes, "alias");
    return alias ? lookUp(alias) : type;
  };

  function scalar(name) {
    if (plainTypes[name]) return plainTypes[name];
    const { attributes, body } = lookUp(name);
    const category = attribute(attributes, "category");
    if (category === "enum") return plainTypes.uint32_t;
    if (category === "handle") return { kind: "u64", size: 8 };
    if (category === "funcpointer") return { kind: "pointer", size: 8 };
    if (category === "basetype" || category === "bitmask") {
      const underlying = /<type>(\w+)<\/type>/.exec(body)?.[1];
      if (underlying) return scalar(underlying);
    }
    return null;
  }

  function declaration(source) {
    const name = /<name>(\w+)<\/name>/.exec(source)[1];
    const type = /<type>(\w+)<\/type>/.exec(source)[1];
    const size = /<\/name>\s*\[(?:<enum>(\w+)<\/enum>|(\d+))\]/.exec(source);
    const count = size ? Number(size[2] ?? constant(size[1])) : 1;
    return { name, type, pointer: /<\/type>[^<]*\*/.test(source), array: size !== null, count };
  }

  function constant(name) {
    const value = constants.get(name);
    if (value === undefined) throw new Error(`the registry has no constant ${name}`);
    return constants.has(value) ? constant(value) : value;
  }

  return {
    scalar,
    constant,
    /** Members in order: name, type, pointer or not, array length, and sType's value where it is fixed. */
    struct(name) {
      const members = [...lookUp(name).body.matchAll(/<member([^>]*)>([\s\S]*?)<\/member>/g)];
      if (members.length === 0) throw new Error(`${name} is no structure with members`);
      return members
        .filter(([, attributes]) => attribute(attributes, "api") !== "vulkansc")
        .map(([, attributes, source]) => ({
          ...declaration(source),
          structureType: attribute(attributes, "values"),
        }));
    },
    enumValues(name) {
      const block = new RegExp(`<enums name="${name}"[^>]*>([\\s\\S]*?)</enums>`).exec(text)?.[1];
      if (!block) throw new Error(`the registry has no enumeration ${name}`);
      return [...block.matchAll(/<enum [^>]*name="(\w+)"[^>]*>/g)]
        .filter(([all]) => !all.includes("alias="))
        .map(([, value]) => value);
    },
    command(name) {
      const source = commands.get(name);
      if (!source) throw new Error(`the registry has no command ${name}`);
      const [, prototype] = /<proto>([\s\S]*?)<\/proto>/.exec(source);
      const parameters = [...source.matchAll(/<param([^>]*)>([\s\S]*?)<\/param>/g)]
        .filter(
          ([, attributes, body]) => body.includes("<name>") && attribute(attributes, "api") !== "vulkansc",
        )
        .map(([, , text]) => {
          const { name, type, pointer } = declaration(text);
          const handle = !pointer && attribute(types.get(type)?.attributes ?? "", "category") === "handle";
          return { name, type, kind: pointer ? "pointer" : handle ? "handle" : scalar(type).kind };
        });
      const resultType = /<type>(\w+)<\/type>/.exec(prototype)[1];
      const first = parameters[0].type;
      const level =
        ["VkInstance", "VkPhysicalDevice"].includes(first) || name === "vkGetDeviceProcAddr"
          ? "instance"
          : "device";
      return {
        name,
        level: attribute(types.get(first)?.attributes ?? "", "category") === "handle" ? level : "global",
        result: resultType === "void" ? "void" : resultType === "VkResult" ? "i32" : "pointer",
        parameters,
      };
    },
  };
}

function attribute(text, name) {
  return new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1];
}

/** Every enumerated value, those that extensions add with an offset included; aliases stay names. */
function readConstants(text) {
  const constants = new Map();
  const scan = (source, extensionNumber) => {
    for (const [all] of source.matchAll(/<enum [^>]*>/g)) {
      const name = attribute(all, "name");
      const value = attribute(all, "value");
      const bit = attribute(all, "bitpos");
      const offset = attribute(all, "offset");
      const alias = attribute(all, "alias");
      if (alias) constants.set(name, alias);
      else if (value !== undefined) constants.set(name, value.replace(/^\(?~0U.*$/, "0xffffffff"));
      else if (bit !== undefined) constants.set(name, String(2 ** Number(bit)));
      else if (offset !== undefined) {
        const number = Number(attribute(all, "extnumber") ?? extensionNumber);
        const sign = attribute(all, "dir") === "-" ? "-" : "";
        constants.set(name, `${sign}${1000000000 + (number - 1) * 1000 + Number(offset)}`);
      }
    }
  };
  for (const [, source] of text.matchAll(/<enums [^>]*>([\s\S]*?)<\/enums>/g)) scan(source, 0);
  for (const [, source] of text.matchAll(/<feature [^>]*>([\s\S]*?)<\/feature>/g)) scan(source, 0);
  for (const [, head, source] of text.matchAll(/<extension ([^>]*[^/])>([\s\S]*?)<\/extension>/g))
    scan(source, Number(attribute(head, "number")));
  return constants;
}
