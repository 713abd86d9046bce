import { describe, expect, it } from '@jest/globals';
import { Identity } from '../identity/identity.js';
import { ClaimedMemberships } from './claimed-memberships.js';

function membershipsIn(claims: unknown, claim = 'empresas'): readonly string[] {
  const fields = { id: 'ana', issuer: 'i', provider: 'p', expiresAt: 1 };
  const read: Record<string, unknown> = JSON.parse(JSON.stringify(claims));
  return new ClaimedMemberships(claim).tenantsOf(new Identity({ ...fields, claims: read }));
}

describe('memberships in a claim', () => {
  it('are the ids that it lists', () => {
    expect(membershipsIn({ empresas: ['norte', 42] })).toEqual(['norte', '42']);
    expect(membershipsIn({ empresas: [] })).toEqual([]);
  });

  it('are not what is no id', () => {
    const empresas = ['norte', '', 'a b', null, 1.5, ['sur'], { id: 'sur' }, true];
    expect(membershipsIn({ empresas })).toEqual(['norte']);
  });

  it.each([
    [{}],
    [{ empresas: 'norte' }],
    [{ empresas: 'norte,sur' }],
    [{ empresas: null }],
    [{ empresas: { 0: 'norte', length: 1 } }],
    [{ empresa: ['norte'] }],
  ])('are none in %j', (claims) => {
    expect(membershipsIn(claims)).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'are none in %s, which nobody wrote',
    (claim) => {
      expect(membershipsIn({}, claim)).toEqual([]);
    },
  );

  it('are none in what every object inherits', () => {
    Reflect.set(Object.prototype, 'empresas', ['sur']);
    try {
      expect(membershipsIn({})).toEqual([]);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'empresas');
    }
  });
});
