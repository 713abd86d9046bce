import type { ServerResponse } from 'node:http';
import { describeError } from './error-codes.js';
import type { PatronusError } from './patronus.error.js';
import { PROOF_ALGORITHMS } from './proof-algorithms.js';

const REALM = 'realm="patronus"';

/** The header that holds the id of a decision, in answers and in logs. */
export const DECISION_HEADER = 'Patronus-Decision';

/**
 * The `WWW-Authenticate` challenge of a denial (RFC 6750, section 3), or none where it has none.
 *
 * @param resourceMetadata where clients find out about this API: told with 401 (RFC 9728, section 5.1)
 */
export function challengeOf(error: PatronusError, resourceMetadata?: string): string | undefined {
  const { status, challenge, message, scheme = 'Bearer' } = describeError(error.code);
  if (challenge === undefined && error.code !== 'token_missing') return undefined;
  const parameters = {
    ...(challenge !== undefined && { error: challenge, error_description: message }),
    ...(error.scopes.length > 0 && { scope: error.scopes.join(' ') }),
    // RFC 9449, section 7.1
    ...(scheme === 'DPoP' && { algs: PROOF_ALGORITHMS.join(' ') }),
    ...error.challenge,
    ...(status === 401 && resourceMetadata && { resource_metadata: resourceMetadata }),
  };
  const quoted = Object.entries(parameters).map(([name, value]) => `, ${name}="${value}"`);
  return `${scheme} ${REALM}${quoted.join('')}`;
}

/** Writes the headers of a denial onto the raw response; Nest's exception filter writes the rest. */
export function writeDenialHeaders(
  response: ServerResponse,
  error: PatronusError,
  decisionId: string,
  resourceMetadata?: string,
): void {
  if (response.headersSent) return;
  const challenge = challengeOf(error, resourceMetadata);
  response.setHeader(DECISION_HEADER, decisionId);
  if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  if (error.retryAfter !== undefined) response.setHeader('Retry-After', String(error.retryAfter));
}
