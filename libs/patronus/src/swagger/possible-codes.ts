import type { RouteRule } from '../authorization/route-rule.js';
import type { PatronusErrorCode } from '../errors/error-codes.js';
import type { SecuredApplication } from './secured-application.js';

type Codes = readonly PatronusErrorCode[];

/** The methods that a page of another origin may call with a cookie. */
const SAFE: ReadonlySet<string> = new Set(['get', 'head', 'options']);

/** What Patronus may refuse a call with, by 401, 403, 404 and 503. */
export function possibleCodes(rule: RouteRule, method: string, app: SecuredApplication): Codes {
  if (rule.access === 'public') return [];
  const kinds = new Set(rule.requirements.map(({ kind }) => kind));
  const asksForPermission = [...kinds].some((kind) => kind.endsWith('permissions'));
  return [
    ...when(rule.access !== 'optional', 'token_missing'),
    'token_malformed',
    'token_expired',
    'token_invalid',
    'token_revoked',
    ...when(app.takesTokens, 'issuer_unknown', 'dpop_proof_missing', 'dpop_proof_invalid'),
    ...when(app.takesTokens && app.asksForNonces, 'dpop_nonce_required'),
    ...when(kinds.has('authentication'), 'step_up_required'),
    ...when(app.cookie !== undefined && !SAFE.has(method), 'csrf_rejected'),
    ...tenantCodes(rule, app),
    ...when(kinds.has('scopes') || kinds.has('policy'), 'scope_denied'),
    ...when(kinds.has('roles'), 'role_denied'),
    ...when(
      asksForPermission || kinds.has('any-permission') || kinds.has('policy'),
      'permission_denied',
    ),
    ...when(kinds.has('policy'), 'resource_not_found'),
    'provider_unavailable',
  ];
}

function tenantCodes({ tenantOptional }: RouteRule, { tenancy }: SecuredApplication): Codes {
  if (tenancy === undefined) return [];
  return [
    ...when(!tenantOptional, 'tenant_required'),
    ...when(tenancy.isAskedFor, 'tenant_mismatch'),
    ...when(tenancy.hasDirectory, 'tenant_unknown', 'tenant_disabled'),
  ];
}

function when(is: boolean, ...codes: Codes): Codes {
  return is ? codes : [];
}
