import type { ServerResponse } from 'node:http';
import { describeError } from './error-codes.js';
import type { PatronusError } from './patronus.error.js';

const REALM = 'Bearer realm="patronus"';

/** The `WWW-Authenticate` challenge of a denial (RFC 6750, section 3), or none where it has none. */
export function challengeOf(error: PatronusError): string | undefined {
  if (error.code === 'token_missing') return REALM;
  const { challenge, message } = describeError(error.code);
  if (challenge === undefined) return undefined;
  const scope = error.scopes.length > 0 ? `, scope="${error.scopes.join(' ')}"` : '';
  return `${REALM}, error="${challenge}", error_description="${message}"${scope}`;
}

/** Writes the headers of a denial onto the raw response; Nest's exception filter writes the rest. */
export function writeDenialHeaders(response: ServerResponse, error: PatronusError): void {
  if (response.headersSent) return;
  const challenge = challengeOf(error);
  if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
  if (error.retryAfter !== undefined) response.setHeader('Retry-After', String(error.retryAfter));
}
