import { types } from 'node:util';
import { bindPool } from './bound-pool.js';

/** Members that distinguish a pool of `pg` from other objects that connect and query. */
const MEMBERS = ['connect', 'query', 'end', 'totalCount', 'idleCount', 'waitingCount'];

/**
 * Binds each provider that is a pool of `pg`, or looks like one. Nothing else is changed, and no
 * property is read, because a getter or a proxy may not be ready yet.
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
