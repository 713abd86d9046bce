import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import { AuthEvents } from '../observability/auth-events.js';
import type { GrantedAuthority } from './grants/granted-authority.js';
import {
  ask,
  denied,
  guardOf,
  scopeOf,
  useGuardedRoutes,
  verdict,
  who,
} from '../../../../test/fixtures/guarded-routes.js';
import type { PermissionSubject } from './grants/permission-source.js';

useGuardedRoutes();

describe('what a denial tells the caller', () => {
  it('which scopes would be enough', () => {
    const scope = scopeOf(who({ scopes: ['a'] }));
    expect(verdict('scopes', scope)).toEqual(
      denied('scope_denied', { scopes: ['a', 'b'], reason: 'needs scopes ["a","b"]; held ["a"]' }),
    );
    expect(scope.response?.getHeader('WWW-Authenticate')).toContain('scope="a b"');
  });

  it('which scopes would be enough, of several alternatives', () => {
    const scope = scopeOf(who({ scopes: ['a'] }));
    verdict('eitherScope', scope);
    expect(scope.response?.getHeader('WWW-Authenticate')).toContain('scope="a b c"');
    const other = scopeOf(who());
    verdict('scopeOrRole', other);
    expect(other.response?.getHeader('WWW-Authenticate')).toContain('scope="a"');
  });

  it('that no token helps where AuthGuard was forgotten', () => {
    const scope = scopeOf(undefined);
    verdict('bare', scope);
    expect(scope.response?.getHeader('WWW-Authenticate')).toBeUndefined();
    expect(scope.response?.getHeader('Patronus-Decision')).toBe(scope.decisionId);
  });
});

describe('what the guard tells', () => {
  const listening = () => {
    const events = new AuthEvents();
    const told: string[] = [];
    events.on('allowed', ({ route, user }) => told.push(`allowed ${route} ${user}`));
    events.on('denied', ({ route, code }) => told.push(`denied ${route} ${code}`));
    return { events, told };
  };

  it('each decision once, at once or after a look-up, however often it is asked', async () => {
    const { events, told } = listening();
    const guard = guardOf({ source: () => ({ permissions: ['patients.*'] }) }, events);
    const scope = scopeOf(who());
    await ask(guard, 'all', scope);
    await ask(guard, 'all', scope);
    expect(told).toEqual(['allowed Routes.all ana']);
    verdict('open', scopeOf(undefined), guard);
    verdict('scopes', scopeOf(who()), guard);
    expect(told.slice(1)).toEqual([
      'allowed Routes.open undefined',
      'denied Routes.scopes scope_denied',
    ]);
  });

  it('and denies what a listener could not record', async () => {
    const { events, told } = listening();
    events.on('allowed', () => {
      throw new Error('the disk is full');
    });
    const guard = guardOf({ source: () => ({ permissions: ['patients.*'] }) }, events);
    expect(verdict('bare', scopeOf(who()), guard)).toEqual(denied('permission_denied'));
    await expect(ask(guard, 'all', scopeOf(who()))).rejects.toEqual(denied('permission_denied'));
    expect(told.filter((line) => line.startsWith('denied'))).toHaveLength(2);
  });
});

describe('a second guard on the same handler', () => {
  const inNorte = ({ identity, tenantId }: PermissionSubject): GrantedAuthority =>
    identity.id === 'ana' && tenantId === 'norte' ? { permissions: ['patients.*'] } : {};

  it('asks again for another handler, another caller and another tenant', async () => {
    const guard = guardOf({ source: inNorte });
    const allowed = async () => {
      const scope = scopeOf(who(), 'norte');
      expect(await ask(guard, 'all', scope)).toBe(true);
      expect(ask(guard, 'all', scope)).toBe(true);
      return scope;
    };
    expect(verdict('roles', await allowed(), guard)).toEqual(denied('role_denied'));
    const ofEve = Object.assign(await allowed(), { identity: who({ id: 'eve' }) });
    await expect(ask(guard, 'all', ofEve)).rejects.toEqual(denied('permission_denied'));
    const inSur = Object.assign(await allowed(), { tenantId: 'sur' });
    await expect(ask(guard, 'all', inSur)).rejects.toEqual(denied('permission_denied'));
    const ofNobody = Object.assign(await allowed(), { identity: undefined });
    expect(verdict('all', ofNobody, guard)).toEqual(denied('guard_missing'));
  });
});

describe('with a permission source', () => {
  const answering = (answer: GrantedAuthority | Error) =>
    jest.fn(async (_subject: PermissionSubject): Promise<GrantedAuthority> => {
      if (answer instanceof Error) throw answer;
      return answer;
    });

  it('asks once for each subject and tenant, then answers at once', async () => {
    const source = answering({ permissions: ['patients.*'] });
    const guard = guardOf({ source });
    const identity = who();
    const cold = ask(guard, 'all', scopeOf(identity, 't1'));
    expect(cold).toBeInstanceOf(Promise);
    expect(await cold).toBe(true);
    expect(ask(guard, 'all', scopeOf(who(), 't1'))).toBe(true);
    expect(source.mock.calls).toEqual([[{ identity, tenantId: 't1' }]]);
    await ask(guard, 'all', scopeOf(identity, 't2'));
    expect(source).toHaveBeenCalledTimes(2);
  });

  it('asks nothing where no role and no permission is needed', () => {
    const source = answering(new Error('down'));
    const guard = guardOf({ source });
    expect(ask(guard, 'bare', scopeOf(who()))).toBe(true);
    expect(ask(guard, 'scopes', scopeOf(who({ scopes: ['a', 'b'] })))).toBe(true);
    expect(ask(guard, 'eitherScope', scopeOf(who({ scopes: ['c'] })))).toBe(true);
    expect(verdict('eitherScope', scopeOf(who()), guard)).toEqual(denied('scope_denied'));
    expect(verdict('mixed', scopeOf(who()), guard)).toEqual(denied('scope_denied'));
    expect(source).not.toHaveBeenCalled();
  });

  it('refuses by an answer that took its time', async () => {
    const guard = guardOf({ source: answering({ permissions: ['patients.read'] }) });
    const refused = ask(guard, 'all', scopeOf(who()));
    await expect(refused).rejects.toMatchObject({ code: 'permission_denied' });
  });

  it('answers an outage with 503 and Retry-After', async () => {
    const guard = guardOf({ source: answering(new Error('down')) });
    const scope = scopeOf(who());
    await expect(ask(guard, 'all', scope)).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(scope.response?.getHeader('Retry-After')).toBe('5');
  });
});
