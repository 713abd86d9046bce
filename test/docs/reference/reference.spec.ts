import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../markdown-page.js';
import { type Reference, readReference, referencePages } from './reference.js';
import { undocumented } from './undocumented.js';

describe('the reference', () => {
  let reference: Reference;

  beforeAll(() => {
    reference = readReference();
  }, 120_000);

  it('has a page for each entry, and none for what is gone', async () => {
    const written = globSync('docs/reference/*.md', { cwd: ROOT }).toSorted();
    expect(written).toEqual([...(await referencePages(reference)).keys()].toSorted());
  });

  it('says what the code says: npm run docs:reference', async () => {
    const pages = await referencePages(reference);
    const stale = [...pages].filter(
      ([path, text]) => readFileSync(join(ROOT, path), 'utf8') !== text,
    );
    expect(stale.map(([path]) => path)).toEqual([]);
  });

  it('finds a comment for everything that applications use', () => {
    expect(undocumented(reference)).toEqual([]);
  });
});
