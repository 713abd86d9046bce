import type { RequestScope } from '../../identity/request-scope.js';
import type { CacheAudience } from './cached-for.decorator.js';

/** Returns a key as a list in JSON, so that no part of one can be taken for another part. */
export function keyInTenant(tenantId: string, key: string): string {
  return `patronus:tenant:${JSON.stringify([tenantId, key])}`;
}

/**
 * Returns the key of an answer that is cached for an audience, or undefined if the caller does not
 * belong to it. Nothing is cached then.
 */
export function keyOfAnswer(
  audience: CacheAudience,
  scope: RequestScope | undefined,
  key: string,
): string | undefined {
  if (audience === 'everyone') return `patronus:answer:${JSON.stringify(['everyone', key])}`;
  if (scope?.identity === undefined || scope.crossing !== undefined) return undefined;
  const { issuer, id } = scope.identity;
  const tenant = scope.tenantId ?? null;
  if (audience === 'tenant') {
    if (tenant === null) return undefined;
    return `patronus:answer:${JSON.stringify(['tenant', tenant, key])}`;
  }
  return `patronus:answer:${JSON.stringify(['user', issuer, tenant, id, key])}`;
}
