import { describe, expect, it } from '@jest/globals';
import { parseGrantedAuthority } from './granted-authority.js';
import { parseSharedEntry } from './shared-entry.js';

const NONE = { roles: [], permissions: [], platformRoles: [], platformPermissions: [] };

describe('parseGrantedAuthority', () => {
  it('fills in what is left out, and drops what it does not know', () => {
    expect(parseGrantedAuthority({})).toEqual(NONE);
    expect(parseGrantedAuthority({ roles: ['a'], permissions: undefined, admin: true })).toEqual({
      ...NONE,
      roles: ['a'],
    });
  });

  it('copies', () => {
    const roles = ['a'];
    const parsed = parseGrantedAuthority({ roles });
    roles.push('admin');
    expect(parsed?.roles).toEqual(['a']);
  });

  it.each([
    undefined,
    null,
    '*',
    7,
    [],
    ['doctor'],
    new Set(['doctor']),
    new Map([['roles', ['doctor']]]),
    { roles: 'doctor' },
    { permissions: 'patients.*' },
    { permissions: ['a', 7] },
    { permissions: null },
    { permissions: { 0: '*', length: 1 } },
    { permissions: new Set(['*']) },
    { platformRoles: [['admin']] },
    { platformPermissions: [null] },
  ])('refuses %j', (value) => {
    expect(parseGrantedAuthority(value)).toBeUndefined();
  });
});

describe('parseSharedEntry', () => {
  const entry = { authority: NONE, askedAt: 1, generations: ['a', 'b'] };

  it('takes a whole entry', () => {
    expect(parseSharedEntry(entry)).toEqual(entry);
  });

  it.each([
    undefined,
    null,
    'text',
    [],
    NONE,
    { ...entry, authority: { permissions: '*' } },
    { ...entry, authority: undefined },
    { ...entry, askedAt: '1' },
    { ...entry, generations: 'ab' },
    { ...entry, generations: [1, 2] },
    { authority: NONE, askedAt: 1 },
    { authority: NONE, generations: [] },
  ])('refuses %j', (value) => {
    expect(parseSharedEntry(value)).toBeUndefined();
  });
});
