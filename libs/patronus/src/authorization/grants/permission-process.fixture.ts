import { jest } from '@jest/globals';
import { createCache } from 'cache-manager';
import type { Keyv } from 'keyv';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { FunctionPermissionSource } from './function-permission-source.js';
import type { GrantedAuthority } from './granted-authority.js';
import type { Grants } from './grants.js';
import { PermissionCache } from './permission-cache.js';
import { compilePermission } from './permission-matcher.js';
import { PermissionPolicy } from './permission-policy.js';
import type { PermissionSubject } from './permission-source.js';
import type { PermissionCacheOptions } from './permission.options.js';

export const NOW = Date.UTC(2030, 0, 1);

export type Answer = (subject: PermissionSubject) => GrantedAuthority | Promise<GrantedAuthority>;

export function subject(
  fields: Partial<IdentityFields> = {},
  tenantId?: string,
): PermissionSubject {
  const identity = new Identity({
    id: 'ana',
    issuer: 'https://issuer',
    provider: 'test',
    expiresAt: NOW / 1000 + 3600,
    ...fields,
  });
  return { identity, tenantId };
}

/** Creates one process of an application: its own cache over stores that may be shared. */
export function processOver(stores: Keyv[], answer: Answer, options: PermissionCacheOptions = {}) {
  const ask = jest.fn(answer);
  const shared = createCache({ stores });
  const policy = new PermissionPolicy({ cache: options });
  const cache = new PermissionCache(shared, policy, new FunctionPermissionSource(ask));
  return { ask, cache, shared };
}

export const canRead = (grants: Grants): boolean => grants.tenant.has(compilePermission('read'));
export const reads = async (cache: PermissionCache, who = subject()): Promise<boolean> =>
  canRead(cache.find(who)?.grants ?? (await cache.load(who)));

/** Returns a promise with its switch. */
export function gate<T>() {
  let open!: (value: T) => void;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { opened, open };
}

export const yes: GrantedAuthority = { permissions: ['read'] };
export const no: GrantedAuthority = { permissions: [] };

export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
