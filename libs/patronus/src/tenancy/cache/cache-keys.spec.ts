import { describe, expect, it } from '@jest/globals';
import { Identity } from '../../identity/identity.js';
import { jobScope } from '../../identity/job-scope.js';
import { keyInTenant, keyOfAnswer } from './cache-keys.js';

function scope(tenantId: string | undefined, id = 'ana', issuer = 'i', crossing?: string) {
  const identity = new Identity({ id, issuer, provider: 'p', expiresAt: 1 });
  return jobScope({ identity, tenantId, crossing });
}

function distinct(keys: readonly (string | undefined)[]): number {
  expect(keys).not.toContain(undefined);
  return new Set(keys).size;
}

describe('the keys of a cache', () => {
  it('hold the tenant, and nothing passes for another part', () => {
    const parts = [
      ['a', 'b'],
      ['b', 'a'],
      ['a","b', ''],
      ['a', 'b"]'],
      ['a:b', 'c'],
      ['a', 'b:c'],
      ['', 'ab'],
    ] as const;
    expect(distinct(parts.map(([tenant, key]) => keyInTenant(tenant, key)))).toBe(parts.length);
    expect(keyInTenant('a', 'b')).toBe(keyInTenant('a', 'b'));
  });

  it('tell callers by issuer, tenant and subject', () => {
    const callers = [
      scope('norte'),
      scope('sur'),
      scope(undefined),
      scope('norte', 'luis'),
      scope('norte', 'ana', 'other'),
      scope('ana', 'norte'),
    ];
    const keys = callers.map((caller) => keyOfAnswer('user', caller, '/patients'));
    expect(distinct([...keys, keyOfAnswer('user', scope('norte'), '/notes')])).toBe(7);
    expect(keyOfAnswer('user', scope('norte'), '/patients')).toBe(keys[0]);
  });

  it('are shared in a tenant where that is declared, and never beyond it', () => {
    const norte = keyOfAnswer('tenant', scope('norte'), '/hours');
    expect(keyOfAnswer('tenant', scope('norte', 'luis', 'other'), '/hours')).toBe(norte);
    const others = [
      keyOfAnswer('tenant', scope('sur'), '/hours'),
      keyOfAnswer('tenant', scope('norte'), '/prices'),
      keyOfAnswer('user', scope('norte'), '/hours'),
      keyOfAnswer('everyone', scope('norte'), '/hours'),
      keyInTenant('norte', '/hours'),
    ];
    expect(distinct([norte, ...others])).toBe(6);
  });

  it('are one for everyone where that is declared, known or not', () => {
    const everyone = keyOfAnswer('everyone', undefined, '/page');
    expect(keyOfAnswer('everyone', scope('norte'), '/page')).toBe(everyone);
    expect(keyOfAnswer('everyone', scope('norte'), '/other')).not.toBe(everyone);
  });

  it.each(['user', 'tenant'] as const)('are none for the %s where nobody is known', (audience) => {
    expect(keyOfAnswer(audience, undefined, '/x')).toBeUndefined();
    expect(keyOfAnswer(audience, jobScope({ tenantId: 'norte' }), '/x')).toBeUndefined();
    expect(keyOfAnswer(audience, scope('norte', 'ana', 'i', 'ticket'), '/x')).toBeUndefined();
    expect(keyOfAnswer(audience, scope('norte'), '/x')).toBeDefined();
  });

  it('are none for a tenant where there is none', () => {
    expect(keyOfAnswer('tenant', scope(undefined), '/x')).toBeUndefined();
  });
});
