import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AS_MODULE } from './modules.mjs';

/**
 * Adds what the processes of a suite execute to its V8 coverage. They have to read the sources through
 * `typescript.hooks.mjs`, which compiles them as Jest does.
 *
 * @returns ends the collection
 */
export function collectChildCoverage({ rootDir }, runtime) {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-coverage-'));
  // Node.js hands it on to every process that it starts, and heeds it at a start only.
  process.env.NODE_V8_COVERAGE = folder;
  return () => {
    delete process.env.NODE_V8_COVERAGE;
    const results = readdirSync(folder)
      .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).result)
      .filter(({ url }) => isSource(url, rootDir));
    rmSync(folder, { recursive: true });
    for (const { url } of results) runtime.transformCache.transform(fileURLToPath(url), AS_MODULE);
    const inherited = runtime.getAllV8CoverageInfoCopy.bind(runtime);
    runtime.getAllV8CoverageInfoCopy = () => {
      runtime.v8Coverage.result.push(...results);
      return inherited();
    };
  };
}

function isSource(url, rootDir) {
  if (!url.startsWith('file://') || !url.endsWith('.ts')) return false;
  const path = fileURLToPath(url);
  // A source that a test wrote is gone by now.
  return path.startsWith(`${rootDir}/`) && !path.includes('/node_modules/') && existsSync(path);
}
