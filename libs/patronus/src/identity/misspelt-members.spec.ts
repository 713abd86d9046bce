import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { mappedBy } from './mapped-fields.js';
import { warnOfMisspeltMembers } from './misspelt-members.js';

describe('members that are ignored', () => {
  const warned = jest.fn<(line: string) => void>();
  beforeEach(() => void jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned));
  afterEach(() => {
    jest.restoreAllMocks();
    warned.mockReset();
  });
  const lines = () => warned.mock.calls.map(([line]) => line);
  const known = ['roles', 'permissions'];

  it.each<[string, object, string]>([
    ['a near miss', { role: [] }, 'returned "role", which is ignored. Did you mean "roles"?'],
    [
      'a list',
      { roles: [], groups: ['a'] },
      '"groups", which is ignored. The members that are read: roles, permissions.',
    ],
    ['nothing else', { admin: true, id: 7 }, 'returned "admin", "id", which is ignored.'],
    ['a line break', { 'role\n': [] }, '"role\\n", which'],
  ])('are named: %s', (origin, answer, sentence) => {
    for (let times = 0; times < 2; times += 1) warnOfMisspeltMembers(origin, answer, known);
    expect(lines()).toEqual([expect.stringContaining(`${origin} `)]);
    expect(lines()[0]).toContain(sentence);
  });

  it.each([{}, { roles: [] }, { id: 7, name: 'Ana', roles: ['doctor'] }])(
    'are none, or those of an entity: %j',
    (answer) => {
      warnOfMisspeltMembers('an entity', answer, known);
      expect(lines()).toEqual([]);
    },
  );

  it('are named for a mapping of claims, which may return nothing', () => {
    const map = (fields: object | undefined) =>
      mappedBy('oidc.mapClaims', () => Object(fields), {});
    expect(mappedBy('oidc.mapClaims', undefined, {})).toBeUndefined();
    map({ tenantId: 'norte', id: 'x' });
    expect(lines()).toEqual([]);
    map({ tenantId: 'norte', clinic: 7, role: 'x' });
    expect(lines()[0]).toContain('oidc.mapClaims returned "role"');
  });
});
