interface Denial {
  readonly status: number;
  readonly sentence: string;
  readonly challenge: string;
}

/** The columns of a denial in the tables: status, sentence and challenge. */
export const DENIALS: Readonly<Record<string, Denial>> = {
  token_missing: {
    status: 401,
    sentence: 'This needs an access token.',
    challenge: 'Bearer realm="patronus"',
  },
  token_expired: {
    status: 401,
    sentence: 'The token has expired.',
    challenge:
      'Bearer realm="patronus", error="invalid_token", error_description="The token has expired."',
  },
  token_invalid: {
    status: 401,
    sentence: 'The token is not valid.',
    challenge:
      'Bearer realm="patronus", error="invalid_token", error_description="The token is not valid."',
  },
  issuer_unknown: {
    status: 401,
    sentence: 'The token comes from an issuer that is not trusted here.',
    challenge:
      'Bearer realm="patronus", error="invalid_token", error_description="The token comes from an issuer that is not trusted here."',
  },
  tenant_required: {
    status: 403,
    sentence: 'This needs a tenant, and the request has none.',
    challenge:
      'Bearer realm="patronus", error="insufficient_scope", error_description="This needs a tenant, and the request has none."',
  },
  tenant_mismatch: {
    status: 403,
    sentence: 'The token does not belong to the tenant that was asked for.',
    challenge:
      'Bearer realm="patronus", error="insufficient_scope", error_description="The token does not belong to the tenant that was asked for."',
  },
  permission_denied: {
    status: 403,
    sentence: 'You do not have the permission that this needs.',
    challenge:
      'Bearer realm="patronus", error="insufficient_scope", error_description="You do not have the permission that this needs."',
  },
  role_denied: {
    status: 403,
    sentence: 'You do not have the role that this needs.',
    challenge:
      'Bearer realm="patronus", error="insufficient_scope", error_description="You do not have the role that this needs."',
  },
};
