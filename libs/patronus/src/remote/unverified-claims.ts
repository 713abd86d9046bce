import { isJsonObject, member, type JsonObject } from '../identity/json-object.js';

/**
 * Returns the claims of a token that is a JWT, before it is verified. Use them only to refuse the
 * token early, or to accept it for a shorter time. Empty for an opaque token.
 */
export function unverifiedClaims(token: string): JsonObject {
  const [, payload, signature, rest] = token.split('.', 4);
  if (payload === undefined || signature === undefined || rest !== undefined) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return isJsonObject(claims) ? claims : {};
  } catch {
    return {};
  }
}

/** Returns `exp` (RFC 7519, section 4.1.4) if it is a time, in seconds since the epoch. */
export function expiryOf(claims: JsonObject): number | undefined {
  const exp = member(claims, 'exp');
  return typeof exp === 'number' ? exp : undefined;
}
