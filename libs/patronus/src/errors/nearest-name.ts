/**
 * Returns the known name that a misspelt one most likely stands for, or undefined if none is near. Packages such as
 * `fastest-levenshtein` return the nearest name at any distance, and would replace the distance only.
 */
export function nearestName(wrong: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewestEdits = Math.max(2, Math.floor(wrong.length / 3)) + 1;
  for (const name of known) {
    const edits = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (edits < fewestEdits) [nearest, fewestEdits] = [name, edits];
  }
  return nearest;
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substitution = from[row - 1] === to[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          at(previous, column) + 1,
          at(current, column - 1) + 1,
          at(previous, column - 1) + substitution,
        ),
      );
    }
    previous = current;
  }
  return at(previous, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
