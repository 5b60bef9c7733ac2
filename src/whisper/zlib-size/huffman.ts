/**
 * Code lengths of a Huffman code, chosen as zlib does: of equally rare nodes the shallower first, at least two codes,
 * and lengths above maxLength cut and made up for. largestCode: the last symbol with a code.
 */
export function codeLengths(
  frequencies: readonly number[],
  maxLength: number,
): { readonly lengths: readonly number[]; readonly largestCode: number } {
  const nSymbols = frequencies.length;
  const nodes = [...frequencies];
  const lengths = new Array<number>(nSymbols).fill(0);
  const depth = new Array<number>(nSymbols).fill(0);
  const parent: number[] = [];
  const heap = frequencies.flatMap((count, symbol) => (count > 0 ? [symbol] : []));
  let largestCode = heap.at(-1) ?? -1;
  while (heap.length < 2) {
    const symbol = largestCode < 2 ? ++largestCode : 0;
    nodes[symbol] = 1;
    heap.push(symbol);
  }

  const isSmaller = (a: number, b: number) =>
    nodes[a]! < nodes[b]! || (nodes[a] === nodes[b] && depth[a]! <= depth[b]!);
  const sink = (place: number) => {
    const node = heap[place]!;
    let at = place;
    for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isSmaller(heap[child + 1]!, heap[child]!)) child++;
      if (isSmaller(node, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = node;
  };
  for (let place = (heap.length >> 1) - 1; place >= 0; place--) sink(place);

  /** Nodes in the order they were joined: rarest first. */
  const joined: number[] = [];
  while (heap.length >= 2) {
    const first = heap[0]!;
    heap[0] = heap.pop()!;
    sink(0);
    const second = heap[0]!;
    const node = nodes.length;
    joined.push(first, second);
    nodes.push(nodes[first]! + nodes[second]!);
    depth.push(Math.max(depth[first]!, depth[second]!) + 1);
    parent[first] = node;
    parent[second] = node;
    heap[0] = node;
    sink(0);
  }

  const lengthOf: number[] = [];
  lengthOf[heap[0]!] = 0;
  const nOfLength = new Array<number>(maxLength + 1).fill(0);
  let overflow = 0;
  for (const node of joined.toReversed()) {
    const length = Math.min(lengthOf[parent[node]!]! + 1, maxLength);
    if (lengthOf[parent[node]!]! + 1 > maxLength) overflow++;
    lengthOf[node] = length;
    if (node >= nSymbols) continue;
    lengths[node] = length;
    nOfLength[length]!++;
  }
  if (overflow > 0) shorten(lengths, nOfLength, overflow, joined);
  return { lengths, largestCode };
}

/** Makes a code of cut lengths complete again: the longest codes go to the rarest symbols. */
function shorten(lengths: number[], nOfLength: number[], overflow: number, joined: readonly number[]): void {
  const maxLength = nOfLength.length - 1;
  for (let left = overflow; left > 0; left -= 2) {
    let length = maxLength - 1;
    while (nOfLength[length] === 0) length--;
    nOfLength[length]!--;
    nOfLength[length + 1]! += 2;
    nOfLength[maxLength]!--;
  }
  const symbols = joined.filter((node) => node < lengths.length);
  let next = 0;
  for (let length = maxLength; length > 0; length--)
    for (let n = nOfLength[length]!; n > 0; n--) lengths[symbols[next++]!] = length;
}
