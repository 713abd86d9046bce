import { isJsonObject, member, type JsonObject } from '../../identity/json-object.js';
import { DEFAULT_LIFETIME, type DevIssuer, MAX_LIFETIME } from './dev-issuer.js';
import { RESERVED_CLAIMS } from './dev-users.js';

/** Response of `POST /token` (RFC 6749, sections 5.1 and 5.2). */
export interface TokenAnswer {
  readonly status: 200 | 400;
  readonly body: JsonObject;
}

function refuse(problem: string): TokenAnswer {
  return { status: 400, body: { error: 'invalid_request', error_description: problem } };
}

function isLifetime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Math.abs(Number(value)) <= MAX_LIFETIME;
}

/** Answers `{ "user": "ana", "claims": { … }, "expires_in": 60 }`. Only the user is required. */
export async function answerTokenRequest(issuer: DevIssuer, text: string): Promise<TokenAnswer> {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return refuse('The body is not JSON.');
  }
  if (!isJsonObject(request)) return refuse('The body is not a JSON object.');
  const user = issuer.find(member(request, 'user'));
  if (user === undefined) {
    return refuse(
      `There is no such user. Choose from ${issuer.users.map((u) => u.name).join(', ')}.`,
    );
  }
  const claims = member(request, 'claims') ?? {};
  if (!isJsonObject(claims)) return refuse('claims is not an object.');
  const reserved = RESERVED_CLAIMS.find((name) => Object.hasOwn(claims, name));
  if (reserved !== undefined) return refuse(`${reserved} is set by the issuer.`);
  const expiresIn = member(request, 'expires_in') ?? DEFAULT_LIFETIME;
  if (!isLifetime(expiresIn)) return refuse(`expires_in is not within ${MAX_LIFETIME} seconds.`);
  const token = await issuer.mint(user, claims, expiresIn);
  return {
    status: 200,
    body: { access_token: token, token_type: 'Bearer', expires_in: expiresIn },
  };
}
