import type { RequestScope } from '../../identity/request-scope.js';
import type { CacheAudience } from './cached-for.decorator.js';

/** Keys are lists as JSON: no part of one can pass for another part. */
export function keyInTenant(tenantId: string, key: string): string {
  return `patronus:tenant:${JSON.stringify([tenantId, key])}`;
}

/**
 * The key of an answer that is kept for an audience, or undefined where the caller is not of it: then
 * nothing is kept.
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
