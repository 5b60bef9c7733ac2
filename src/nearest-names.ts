/**
 * The known names that `name` may be a slip or the beginning of, at most three, nearest first; none where none is
 * near. Names that begin with it win over similar ones.
 */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  const beginning = known.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
  if (wanted.length >= 2 && beginning.length > 0) return beginning.slice(0, 3);
  const most = Math.max(1, Math.floor(wanted.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => wanted !== "" && distance <= most)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** "Did you mean base or base.en?"; empty where there is no name. */
export function didYouMean(names: readonly string[]): string {
  if (names.length === 0) return "";
  const others = names.slice(0, -1).join(", ");
  return `Did you mean ${others && `${others} or `}${names.at(-1)}?`;
}

/** Letters to insert, delete, replace or swap with their neighbour (restricted Damerau-Levenshtein). */
function editDistance(a: string, b: string): number {
  // A text this long is not a mistyped model name; don't spend a * b steps on it.
  if (a.length > 64) return a.length;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let best = Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, beforePrevious[column - 2]! + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
