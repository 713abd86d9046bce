import { describe, expect, it } from '@jest/globals';
import { ClsServiceManager } from 'nestjs-cls';
import { Identity } from './identity.js';
import { currentScope, RequestScope, runInScope } from './request-scope.js';

const refuse = () => Promise.reject(new Error('not here'));
const ana = new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9 });

function scopeOf(known: Partial<RequestScope> = {}): RequestScope {
  return Object.assign(new RequestScope(undefined, refuse), known);
}

describe('RequestScope', () => {
  it('begins with nothing known and nothing proven', () => {
    expect(scopeOf()).toMatchObject({ remembered: false, proven: false, crossing: undefined });
  });

  it('changes inside of itself alone', () => {
    const known = { identity: ana, decisionId: 'd', proven: true, around: scopeOf() };
    const outer = scopeOf({ ...known, tenantId: 'norte' });
    expect(outer.with({ tenantId: 'sur' })).toStrictEqual(scopeOf({ ...known, tenantId: 'sur' }));
    expect(outer.tenantId).toBe('norte');
  });

  it('gives a call what is proven of the request, and no tenant', () => {
    const credential = { read: () => ({ scheme: 'bearer', token: 't' }) as const };
    const facts = { presented: ana, remembered: true, proven: true };
    const request = scopeOf({ ...facts, identity: ana, tenantId: 'norte', credential });
    const call = request.ofCall();
    expect(call).toStrictEqual(scopeOf({ ...facts, around: request }));
    expect(call.ofCall().around).toBe(request);
  });

  it('learns who calls from the first call that is let in', () => {
    const request = scopeOf();
    request.learn(scopeOf({ tenantId: 'norte' }));
    expect(request.tenantId).toBeUndefined();
    const known = {
      identity: ana,
      presented: ana,
      tenantId: 'norte',
      tenantHeader: 'x-tenant',
      credential: { read: () => ({ scheme: 'bearer', token: 't' }) as const },
      proven: true,
    };
    request.learn(scopeOf({ ...known, remembered: true, crossing: 'why' }));
    expect(request).toStrictEqual(scopeOf(known));
    request.learn(scopeOf({ identity: ana, tenantId: 'norte' }));
    expect(request).toStrictEqual(scopeOf(known));
  });

  it('has no tenant once its calls have two', () => {
    const request = scopeOf();
    for (const tenantId of ['norte', 'sur']) request.learn(scopeOf({ identity: ana, tenantId }));
    expect(request.tenantId).toBeUndefined();
    request.learn(scopeOf({ identity: ana, tenantId: 'norte' }));
    expect(request.tenantId).toBeUndefined();
    expect(request.identity).toBe(ana);
  });

  it('runs in a store of its own, which knows what the host keeps', () => {
    const cls = ClsServiceManager.getClsService();
    const [one, other] = [scopeOf(), scopeOf()];
    cls.run(() => {
      cls.set('hosted', 'yes');
      runInScope(one, () => {
        expect(currentScope()).toBe(one);
        expect(cls.get('hosted')).toBe('yes');
        cls.set('hosted', 'no');
        expect(runInScope(other, () => currentScope())).toBe(other);
        expect(currentScope()).toBe(one);
      });
      expect(currentScope()).toBeUndefined();
      expect(cls.get('hosted')).toBe('yes');
    });
    expect(currentScope()).toBeUndefined();
  });
});
