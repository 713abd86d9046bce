import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSurfaces } from './surfaces.js';

const HERE = import.meta.dirname;
const surfaces = readSurfaces();

/*
 * A difference is a change that the users of the library can notice. Where it is meant to be one,
 * `npm run surface` accepts it; a name or a type less is a breaking change.
 */
describe('the public surface', () => {
  it.each([...surfaces])('is what %s says', (file, surface) => {
    expect(surface).toBe(readFileSync(join(HERE, file), 'utf8'));
  });

  it('is told of entries that are there, and of no other', () => {
    expect(globSync('*.txt', { cwd: HERE }).toSorted()).toEqual([...surfaces.keys()].toSorted());
  });
});
