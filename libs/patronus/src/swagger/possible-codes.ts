import { isOfCredential } from '../authorization/rules/credential-requirement.js';
import { isPolicy } from '../authorization/policies/policy-requirement.js';
import { denialCodeOf } from '../authorization/rules/requirement.js';
import type { RouteRule } from '../authorization/rules/route-rule.js';
import type { PatronusErrorCode } from '../errors/error-codes.js';
import type { SecuredApplication } from './secured-application.js';

type Codes = readonly PatronusErrorCode[];

/** Methods that a page of another origin may call with a cookie. */
const SAFE: ReadonlySet<string> = new Set(['get', 'head', 'options']);

/** Returns the codes with which Patronus may refuse a call, by 401, 403, 404 and 503. */
export function possibleCodes(rule: RouteRule, method: string, app: SecuredApplication): Codes {
  if (rule.access === 'public') return [];
  const kinds = new Set(rule.requirements.map(({ kind }) => kind));
  const denials = new Set<PatronusErrorCode>(
    rule.requirements.flatMap((one) =>
      isOfCredential(one) || isPolicy(one) ? [] : [denialCodeOf(one)],
    ),
  );
  return [
    ...when(rule.access !== 'optional', 'token_missing'),
    'token_malformed',
    'token_expired',
    'token_invalid',
    'token_revoked',
    ...when(app.takesTokens || kinds.has('issuers'), 'issuer_unknown'),
    ...when(app.takesTokens, 'dpop_proof_missing', 'dpop_proof_invalid'),
    ...when(app.takesTokens && app.asksForNonces, 'dpop_nonce_required'),
    ...when(kinds.has('authentication'), 'step_up_required'),
    ...when(app.cookie !== undefined && !SAFE.has(method), 'csrf_rejected'),
    ...tenantCodes(rule, app),
    ...when(
      kinds.has('scopes') || kinds.has('policy') || denials.has('scope_denied'),
      'scope_denied',
    ),
    ...when(denials.has('role_denied'), 'role_denied'),
    ...when(kinds.has('policy') || denials.has('permission_denied'), 'permission_denied'),
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
