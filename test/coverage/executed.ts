import { globSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Script = Pick<Profiler.ScriptCoverage, 'url' | 'functions'>;

/**
 * Adds up what the processes of a run have recorded.
 *
 * @param lengths the length of each source's JavaScript, by the path of the source
 * @returns the number of times that each character of it was executed, by the path of the source
 */
export function readRecords(
  folder: string,
  lengths: Iterable<readonly [path: string, length: number]>,
): ReadonlyMap<string, Float64Array> {
  const sums = new Map(Array.from(lengths, ([path, length]) => [path, new Float64Array(length)]));
  for (const name of globSync('*.json', { cwd: folder })) {
    const scripts: readonly Script[] = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const { url, functions } of scripts) {
      const sum = sums.get(pathOf(url));
      if (sum !== undefined) add(functions, sum);
    }
  }
  return sums;
}

/** Each suite loads a source for itself, with its number in the URL. */
function pathOf(url: string): string {
  const [address = ''] = url.split('?');
  return address.startsWith('file:') ? fileURLToPath(address) : address;
}

function add(functions: readonly Profiler.FunctionCoverage[], sum: Float64Array): void {
  const counts = new Float64Array(sum.length);
  for (const { ranges } of functions) {
    // An inner range comes after those around it, and replaces their counts.
    for (const { startOffset, endOffset, count } of ranges) {
      counts.fill(count, startOffset, endOffset);
    }
  }
  counts.forEach((count, index) => (sum[index] = (sum[index] ?? 0) + count));
}

/** Returns the ranges whose characters were executed equally often. */
export function rangesOf(counts: Float64Array): Profiler.CoverageRange[] {
  const ranges: Profiler.CoverageRange[] = [];
  let startOffset = 0;
  for (let endOffset = 1; endOffset <= counts.length; endOffset += 1) {
    if (counts[endOffset] === counts[startOffset]) continue;
    ranges.push({ startOffset, endOffset, count: counts[startOffset] ?? 0 });
    startOffset = endOffset;
  }
  return ranges;
}
