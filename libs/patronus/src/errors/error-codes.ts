/** HTTP form of a stable code. */
interface ErrorDescription {
  readonly status: number;
  readonly message: string;
  /**
   * Value of `error` in the challenge: RFC 6750, section 3.1; RFC 9449, section 7.1; RFC 9470,
   * section 3.
   */
  readonly challenge?:
    | 'invalid_request'
    | 'invalid_token'
    | 'insufficient_scope'
    | 'insufficient_user_authentication'
    | 'invalid_dpop_proof'
    | 'use_dpop_nonce';
  /** Scheme of the challenge. Default: `Bearer`. */
  readonly scheme?: 'DPoP';
}

/**
 * Codes that a caller can see, each with its HTTP status, its sentence and its RFC 6750 challenge.
 */
export const ERRORS = {
  invalid_request: {
    status: 400,
    message: 'The request carries its credential in a way that is not allowed.',
    challenge: 'invalid_request',
  },
  token_missing: { status: 401, message: 'This needs an access token.' },
  token_malformed: {
    status: 401,
    message: 'The token is malformed.',
    challenge: 'invalid_token',
  },
  token_expired: { status: 401, message: 'The token has expired.', challenge: 'invalid_token' },
  token_invalid: { status: 401, message: 'The token is not valid.', challenge: 'invalid_token' },
  token_revoked: {
    status: 401,
    message: 'The token has been revoked.',
    challenge: 'invalid_token',
  },
  issuer_unknown: {
    status: 401,
    message: 'The token comes from an issuer that is not trusted here.',
    challenge: 'invalid_token',
  },
  step_up_required: {
    status: 401,
    message: 'This needs a more recent or a stronger authentication.',
    challenge: 'insufficient_user_authentication',
  },
  dpop_proof_missing: {
    status: 401,
    message: 'This needs a token that is bound to a key, with a proof of that key.',
    challenge: 'invalid_token',
    scheme: 'DPoP',
  },
  dpop_proof_invalid: {
    status: 401,
    message: 'The DPoP proof is not valid.',
    challenge: 'invalid_dpop_proof',
    scheme: 'DPoP',
  },
  dpop_nonce_required: {
    status: 401,
    message: 'The DPoP proof needs the nonce that comes with this answer.',
    challenge: 'use_dpop_nonce',
    scheme: 'DPoP',
  },
  csrf_rejected: {
    status: 403,
    message: 'The request does not come from a page that is trusted here.',
  },
  provider_unavailable: {
    status: 503,
    message: 'Your access cannot be checked right now. Try again shortly.',
  },
  tenant_required: {
    status: 403,
    message: 'This needs a tenant, and the request has none.',
    challenge: 'insufficient_scope',
  },
  tenant_mismatch: {
    status: 403,
    message: 'The token does not belong to the tenant that was asked for.',
    challenge: 'insufficient_scope',
  },
  tenant_unknown: {
    status: 403,
    message: 'There is no such tenant.',
    challenge: 'insufficient_scope',
  },
  tenant_disabled: {
    status: 403,
    message: 'The tenant is disabled.',
    challenge: 'insufficient_scope',
  },
  permission_denied: {
    status: 403,
    message: 'You do not have the permission that this needs.',
    challenge: 'insufficient_scope',
  },
  role_denied: {
    status: 403,
    message: 'You do not have the role that this needs.',
    challenge: 'insufficient_scope',
  },
  scope_denied: {
    status: 403,
    message: 'The token was not granted the scope that this needs.',
    challenge: 'insufficient_scope',
  },
  resource_not_found: { status: 404, message: 'There is nothing here under that name.' },
  guard_missing: {
    status: 500,
    message: 'Your access cannot be checked here: the server is not set up for it.',
  },
  transport_unsupported: {
    status: 403,
    message: 'This transport is not supported.',
  },
} as const satisfies Record<string, ErrorDescription>;

/** Stable code of a {@link PatronusError}. Programs compare it, and it never changes. */
export type PatronusErrorCode = keyof typeof ERRORS;

/** Returns the description of a code, with its optional members visible to the type checker. */
export function describeError(code: PatronusErrorCode): ErrorDescription {
  return ERRORS[code];
}
