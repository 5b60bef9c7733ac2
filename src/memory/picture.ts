import type { MemoryPlan, PlannedBlock, PlannedHeap } from "./plan.js";
import { size } from "./size.js";
import type { Use } from "./uses.js";

const width = 1000;
const margin = 24;
const barHeight = 26;
const blockHeight = 64;
const lineHeight = 18;

const colours: Readonly<Record<Use, string>> = {
  hotWeights: "#c2410c",
  coldWeights: "#f59e0b",
  caches: "#0f766e",
  scratch: "#6366f1",
  upload: "#64748b",
  readBack: "#94a3b8",
};
const names: Readonly<Record<Use, string>> = {
  hotWeights: "weights read for every token",
  coldWeights: "weights read once a window",
  caches: "caches",
  scratch: "scratch",
  upload: "inputs",
  readBack: "outputs, staging",
};

/** A heap's bar. */
const shades = { free: "#e2e8f0", others: "#94a3b8", taken: "#334155", headroom: "#fecaca" } as const;
const shadeNames = {
  taken: "taken for the model",
  others: "held by others",
  free: "free",
  headroom: "kept free",
} as const;

/** A plan as a picture (SVG): a bar a heap with what is free and taken, below it the blocks and the tensors in them. */
export function picture(plan: MemoryPlan, title: string, verdict: string): string {
  const rows: string[] = [];
  let y = margin;
  const text = (x: number, content: string, style = "") =>
    `<text x="${x.toFixed(1)}" y="${(y + 13).toFixed(1)}" ${style}>${escapeXml(content)}</text>`;
  rows.push(text(margin, title, 'font-size="17" font-weight="bold"'));
  y += lineHeight + 6;
  rows.push(text(margin, verdict));
  y += lineHeight + 6;
  if (plan.vramLimitBytes !== null) {
    rows.push(text(margin, `limit: ${size(plan.vramLimitBytes)} of the device's memory may be used`));
    y += lineHeight + 6;
  }
  const legend = (entries: readonly (readonly [colour: string, name: string])[]) => {
    let x = margin;
    for (const [colour, name] of entries) {
      rows.push(rectangle(x, y + 2, 12, 12, colour, name), text(x + 17, name));
      x += 32 + name.length * 6.6;
    }
    y += lineHeight + 2;
  };
  const shown = (Object.keys(names) as Use[]).filter((use) => plan.blocks.some((block) => block.use === use));
  const shadesShown = Object.keys(shadeNames) as (keyof typeof shades)[];
  legend(shadesShown.map((shade) => [shades[shade], shadeNames[shade]]));
  legend(shown.map((use) => [colours[use], names[use]]));
  y += 8;
  const largest = Math.max(1, ...plan.heaps.map(({ sizeBytes }) => sizeBytes));
  plan.heaps.forEach((heap, index) => {
    const blocks = plan.blocks.filter((block) => block.heap === index);
    rows.push(text(margin, heapLine(heap, index), 'font-weight="bold"'));
    y += lineHeight + 2;
    rows.push(...heapBar(heap, y, largest));
    y += barHeight + 6;
    if (blocks.length > 0) {
      rows.push(text(margin, `what is taken of it, enlarged: ${blocksInWords(blocks)}`));
      y += lineHeight + 2;
      rows.push(...blockRow(blocks, y));
      y += blockHeight + lineHeight + 4;
    }
    y += 12;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + margin}" viewBox="0 0 ${width} ${y + margin}" font-family="system-ui, sans-serif" font-size="12" fill="#1e293b">
<rect width="100%" height="100%" fill="#ffffff"/>
${rows.join("\n")}
</svg>
`;
}

function heapLine(heap: PlannedHeap, index: number): string {
  const { sizeBytes, deviceLocal, freeBytes, headroomBytes, takenBytes } = heap;
  const where = deviceLocal ? "the device's own" : "the host's";
  const free = `${size(freeBytes)} free (${size(headroomBytes)} of it is kept free)`;
  return `heap ${index}, ${where}: ${size(sizeBytes)}, ${free}, ${size(takenBytes)} taken`;
}

function blocksInWords({ length }: readonly PlannedBlock[]): string {
  return `${length} block${length === 1 ? "" : "s"} of memory and the tensors in ${length === 1 ? "it" : "them"}`;
}

/** As long as the heap is large: what others hold, what is taken, what stays free. */
function heapBar(heap: PlannedHeap, y: number, largest: number): string[] {
  const { sizeBytes, freeBytes, headroomBytes, takenBytes } = heap;
  const whole = Math.max(2, ((width - 2 * margin) * sizeBytes) / largest);
  const share = (bytes: number) => (sizeBytes > 0 ? (whole * Math.min(bytes, sizeBytes)) / sizeBytes : 0);
  const others = share(sizeBytes - freeBytes);
  const taken = Math.min(Math.max(share(takenBytes), takenBytes > 0 ? 2 : 0), whole - others);
  const headroom = share(headroomBytes);
  return [
    rectangle(margin, y, whole, barHeight, shades.free, `${size(sizeBytes)} in all`),
    rectangle(
      margin + whole - headroom,
      y,
      headroom,
      barHeight,
      shades.headroom,
      `${size(headroomBytes)} kept free`,
    ),
    rectangle(margin, y, others, barHeight, shades.others, `${size(sizeBytes - freeBytes)} held by others`),
    rectangle(margin + others, y, taken, barHeight, shades.taken, `${size(takenBytes)} taken`),
  ];
}

/** The blocks side by side over the whole width, by size, and in them the pieces. */
function blockRow(blocks: readonly PlannedBlock[], y: number): string[] {
  const total = blocks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const gap = 3;
  const room = width - 2 * margin - gap * (blocks.length - 1);
  let x = margin;
  return blocks.flatMap(({ sizeBytes, use, label, pieces }) => {
    const blockWidth = Math.max(1, (room * sizeBytes) / total);
    const perByte = blockWidth / sizeBytes;
    const drawn = [
      rectangle(
        x,
        y,
        blockWidth,
        blockHeight,
        "#f1f5f9",
        `${label}: a block of ${size(sizeBytes)}`,
        "#334155",
      ),
      ...pieces.map((piece) => {
        const name = piece.key.replace(/\0/g, "").replace(/ 0$/, "");
        const at = x + piece.offsetBytes * perByte;
        return rectangle(
          at,
          y,
          piece.sizeBytes * perByte,
          blockHeight,
          colours[use],
          `${name}: ${size(piece.sizeBytes)}`,
          "#ffffff",
        );
      }),
    ];
    const caption = `${label} ${size(sizeBytes)}`;
    if (blockWidth > caption.length * 6.2)
      drawn.push(`<text x="${x.toFixed(1)}" y="${y + blockHeight + 14}">${escapeXml(caption)}</text>`);
    x += blockWidth + gap;
    return drawn;
  });
}

function rectangle(
  x: number,
  y: number,
  w: number,
  h: number,
  fill: string,
  title: string,
  stroke = "none",
): string {
  const place = `x="${x.toFixed(2)}" y="${y.toFixed(2)}" width="${w.toFixed(2)}" height="${h}"`;
  return `<rect ${place} fill="${fill}" stroke="${stroke}" stroke-width="0.5"><title>${escapeXml(title)}</title></rect>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
