import { types } from 'node:util';
import { bindPool } from './bound-pool.js';

/** What tells a pool of `pg` from whatever else connects and queries. */
const MEMBERS = ['connect', 'query', 'end', 'totalCount', 'idleCount', 'waitingCount'];

/**
 * Binds each provider that is a pool of `pg`, or is written like one. Nothing else is changed, and no
 * property is read: a getter or a proxy may not be ready for it yet.
 */
export function bindProvidedPools(providers: readonly { readonly instance: unknown }[]): void {
  for (const { instance } of providers) {
    if (isPool(instance)) bindPool(instance);
  }
}

function isPool(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  return MEMBERS.every((name) => name in value);
}
