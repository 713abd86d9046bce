const CODES = {
  invalid_input: { status: 400, message: 'The request is not as it should be.' },
  invalid_credentials: {
    status: 401,
    message: 'The name or the password is wrong, or the e-mail address is not confirmed yet.',
  },
  refresh_token_invalid: { status: 401, message: 'The refresh token is not valid: log in again.' },
  cross_site_request: { status: 403, message: 'This form was not sent from a page of ours.' },
  not_found: { status: 404, message: 'There is no such thing.' },
  conflict: { status: 409, message: 'That is taken.' },
  link_invalid: { status: 410, message: 'The link has been used, or is too old.' },
  password_rejected: { status: 422, message: 'Choose another password.' },
  account_locked: { status: 429, message: 'Too many failed logins: try again later.' },
  rate_limited: { status: 429, message: 'Too many requests: try again later.' },
  overloaded: { status: 503, message: 'Too many logins at once: try again in a moment.' },
  unavailable: { status: 503, message: 'Something that is needed does not answer.' },
} as const satisfies Record<string, { status: number; message: string }>;

/** Stable, for programs. */
export type PlatformErrorCode = keyof typeof CODES;

export function describePlatformError(code: PlatformErrorCode): {
  readonly status: number;
  readonly message: string;
} {
  return CODES[code];
}
