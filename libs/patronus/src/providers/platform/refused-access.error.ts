import { isJsonObject, member } from '../../identity/json-object.js';
import type { RemoteAnswer } from '../../remote/remote-request.js';

/** Scope of clients that may read events. */
export const SCOPE = 'events.read';

/** Maximum delay that the platform can ask for, in milliseconds. */
const MAX_DELAY = 30_000;

const CREDENTIALS = 'Check clientId and clientSecret.';
const AUDIENCE = "Check audience: it is the audience of the platform's own API.";
const GRANT = `At the platform, give the client the grant client_credentials and the scope ${SCOPE}.`;

/** Remedies for the errors of a token endpoint (RFC 6749, section 5.2; RFC 8707, section 2). */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['invalid_client', CREDENTIALS],
  ['unauthorized_client', GRANT],
  ['unsupported_grant_type', 'Check issuer: it is not the identity platform.'],
  ['invalid_scope', GRANT],
  ['access_denied', GRANT],
  ['invalid_target', AUDIENCE],
]);

/** The platform answers, and does not serve this application. */
export class RefusedAccessError extends Error {
  override readonly name = 'RefusedAccessError';

  /**
   * Creates the error.
   *
   * @param message for operators; names the remedy if `isLasting`
   * @param status of the answer
   * @param isLasting - true if the configuration has to be corrected
   * @param delay before the next attempt that the platform asks for, in milliseconds
   */
  constructor(
    message: string,
    readonly status: number,
    readonly isLasting: boolean,
    readonly delay = 0,
  ) {
    super(message);
  }
}

/** Returns the error for an answer of the token endpoint that holds no token. */
export function refusedToken(url: string, answer: RemoteAnswer): RefusedAccessError {
  const { status } = answer;
  const code = errorIn(answer);
  const remedy = REMEDIES.get(code ?? '') ?? (status === 401 ? CREDENTIALS : undefined);
  const named = code === undefined ? '' : ` (${code})`;
  const said = `${url} gives this application no token: status ${status}${named}.`;
  const isTemporary = status >= 500 || status === 429;
  if (isTemporary)
    return new RefusedAccessError(said, status, false, delayIn(answer.headers.get('retry-after')));
  return new RefusedAccessError(`${said} ${remedy ?? `${CREDENTIALS} ${GRANT}`}`, status, true);
}

/** Returns the error for a token that was given without the scope. */
export function missingScope(url: string): RefusedAccessError {
  return new RefusedAccessError(
    `${url} gives this application a token without the scope ${SCOPE}. ${GRANT}`,
    403,
    true,
  );
}

/** Returns the error for an answer of the event stream that is not one. */
export function refusedStream(
  url: string,
  status: number,
  retryAfter: string | undefined,
): RefusedAccessError {
  const said = `${url} answers with status ${status}.`;
  const remedy = STREAM_REMEDIES.get(status);
  if (remedy !== undefined) return new RefusedAccessError(`${said} ${remedy}`, status, true);
  return new RefusedAccessError(said, status, false, delayIn(retryAfter ?? null));
}

const STREAM_REMEDIES: ReadonlyMap<number, string> = new Map([
  [401, `The platform does not accept the access token of this application. ${AUDIENCE}`],
  [403, `This application may not read events. ${GRANT}`],
  [404, 'Check issuer, and that the platform is of a version with an event stream.'],
]);

/** Returns the code of an error. Other text of the answer is not repeated in the log. */
function errorIn({ text }: RemoteAnswer): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    const code = isJsonObject(answer) ? member(answer, 'error') : undefined;
    return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function delayIn(retryAfter: string | null): number {
  const seconds = /^\d{1,9}$/.test(retryAfter ?? '') ? Number(retryAfter) : 0;
  return Math.min(seconds * 1000, MAX_DELAY);
}
