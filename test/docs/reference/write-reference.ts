import { globSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../markdown-page.js';
import { readReference, referencePages } from './reference.js';

/**
 * `npm run docs:reference`: writes the pages again, and removes those of entries that no longer
 * exist.
 */
const pages = await referencePages(readReference());
const stale = globSync('docs/reference/*.md', { cwd: ROOT }).filter((path) => !pages.has(path));
await mkdir(join(ROOT, 'docs/reference'), { recursive: true });
await Promise.all([
  ...stale.map((path) => rm(join(ROOT, path))),
  ...[...pages].map(([path, text]) => writeFile(join(ROOT, path), text)),
]);
