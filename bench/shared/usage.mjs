/** What this process has used so far; collects garbage first where it may (`--expose-gc`). */
export function reportUsage(counters) {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { cpuMicros: user + system, heap: heapUsed + external, rss, counters };
}
