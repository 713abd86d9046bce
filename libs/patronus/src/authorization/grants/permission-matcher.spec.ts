import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePermission, isGranted } from './permission-matcher.js';
import { isPermissionName, isPermissionPattern, isWildcard } from './permission-pattern.js';

/** Implements the documented rule literally, to compare the compiled form with. */
function covers(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  if (!pattern.endsWith('.*')) return pattern === name;
  const prefix = pattern.slice(0, -2).split('.');
  const segments = name.split('.');
  return segments.length > prefix.length && prefix.every((part, at) => part === segments[at]);
}

const segment = fc.constantFrom('a', 'b', 'ab', 'read', 'read:x', '__proto__', 'constructor');
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const pattern = fc.oneof(
  name,
  fc.constant('*'),
  name.map((prefix) => `${prefix}.*`),
);

describe('isGranted', () => {
  it('agrees with the plain definition', () => {
    fc.assert(
      fc.property(name, fc.array(fc.array(pattern)), (required, grants) => {
        const expected = grants.flat().some((granted) => covers(granted, required));
        const sets = grants.map((patterns) => new Set(patterns));
        expect(isGranted(compilePermission(required), sets)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['patients.read', 'patients.read', true],
    ['patients.*', 'patients.read', true],
    ['patients.*', 'patients.record.read', true],
    ['patients.record.*', 'patients.record.read', true],
    ['*', 'patients.read', true],
    ['patients.*', 'patients', false],
    ['patients.*', 'patientsx.read', false],
    ['patients.read', 'patients.read.all', false],
    ['patients', 'patients.read', false],
    ['Patients.read', 'patients.read', false],
    ['.*', 'patients.read', false],
    ['*.*', 'patients.read', false],
    ['*.read', 'patients.read', false],
    ['', 'patients.read', false],
  ])('%s on %s: %s', (granted, required, expected) => {
    expect(isGranted(compilePermission(required), [new Set([granted])])).toBe(expected);
  });

  it('looks into every set, and grants nothing without one', () => {
    const required = compilePermission('patients.read');
    expect(isGranted(required, [new Set(), new Set(['patients.read'])])).toBe(true);
    expect(isGranted(required, [])).toBe(false);
  });

  it('asks each set as often as the permission has segments, whatever the set holds', () => {
    class CountingSet extends Set<string> {
      lookUps = 0;
      override has(value: string): boolean {
        this.lookUps++;
        return super.has(value);
      }
    }
    const many = new CountingSet(Array.from({ length: 10_000 }, (_, at) => `other.${at}`));
    expect(isGranted(compilePermission('a.b.c'), [many])).toBe(false);
    expect(many.lookUps).toBe(4);
  });
});

describe('compilePermission', () => {
  it('lists what would grant it, most exact first', () => {
    expect(compilePermission('a.b.c')).toEqual({
      name: 'a.b.c',
      candidates: ['a.b.c', 'a.b.*', 'a.*', '*'],
    });
    expect(compilePermission('a').candidates).toEqual(['a', '*']);
  });
});

describe('permission names and patterns', () => {
  const longest = 'a'.repeat(255);

  it.each(['a', 'patients.read', 'member.role.change', 'read:patients', 'A-1_b.c', longest])(
    '%s is a name',
    (text) => {
      expect(isPermissionName(text)).toBe(true);
      expect(isPermissionPattern(text)).toBe(true);
      expect(isWildcard(text)).toBe(false);
    },
  );

  it.each(['*', 'patients.*', 'patients.record.*', `${'a'.repeat(253)}.*`])(
    '%s is a pattern, and no name',
    (text) => {
      expect(isPermissionName(text)).toBe(false);
      expect(isPermissionPattern(text)).toBe(true);
      expect(isWildcard(text)).toBe(true);
    },
  );

  it.each([
    '',
    '.',
    '.*',
    '*.*',
    '**',
    'a.*.b',
    '*.read',
    'a*',
    'a.b*',
    'a.*.*',
    'a..b',
    '.a',
    'a.',
    'a b',
    ' a',
    'a\n',
    'ä',
    'a/b',
    `${longest}a`,
    `${'a'.repeat(254)}.*`,
    undefined,
    null,
    7,
    ['a'],
  ])('%j is neither', (value) => {
    expect(isPermissionName(value)).toBe(false);
    expect(isPermissionPattern(value)).toBe(false);
  });
});
