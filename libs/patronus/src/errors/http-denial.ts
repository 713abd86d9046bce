import type { ServerResponse } from 'node:http';
import { describeError } from './error-codes.js';
import type { PatronusError } from './patronus.error.js';
import { PROOF_ALGORITHMS } from './proof-algorithms.js';

const REALM = 'realm="patronus"';

/** Header that holds the id of a decision, in answers and in logs. */
export const DECISION_HEADER = 'Patronus-Decision';

/** Authentication schemes that a challenge can name. */
export type ChallengeScheme = 'Bearer' | 'DPoP';

/** Parts of a challenge that do not follow from the error. */
export interface ChallengeDetails {
  /** Scheme that the request used, or that the route requires. Default: `Bearer`. */
  readonly scheme?: ChallengeScheme | undefined;
  /** URL of this API's metadata, sent with 401 (RFC 9728, section 5.1). */
  readonly resourceMetadata?: string | undefined;
}

/**
 * Writes the `WWW-Authenticate` challenge of a denial (RFC 6750, section 3). Undefined if the error
 * has none. Errors of DPoP use its scheme for every request (RFC 9449, section 7.1).
 */
export function challengeOf(
  error: PatronusError,
  details: ChallengeDetails = {},
): string | undefined {
  const { status, challenge, message, scheme = details.scheme } = describeError(error.code);
  const { resourceMetadata } = details;
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
  return `${scheme ?? 'Bearer'} ${REALM}${quoted.join('')}`;
}

/** Writes the headers of a denial onto the raw response; Nest's exception filter writes the rest. */
export function writeDenialHeaders(
  response: ServerResponse,
  error: PatronusError,
  decisionId: string,
  details: ChallengeDetails = {},
): void {
  if (response.headersSent) return;
  const challenge = challengeOf(error, details);
  response.setHeader(DECISION_HEADER, decisionId);
  if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  if (error.retryAfter !== undefined) response.setHeader('Retry-After', String(error.retryAfter));
}
