import { isJsonObject, member, type JsonObject } from '../identity/json-object.js';

/**
 * What a token says of itself where it happens to be a JWT, before anybody verified it: good for
 * refusing it early, or believing it for less long, and for nothing else. Empty for an opaque token.
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

/** `exp` (RFC 7519, section 4.1.4) where it is one, in seconds since the epoch. */
export function expiryOf(claims: JsonObject): number | undefined {
  const exp = member(claims, 'exp');
  return typeof exp === 'number' ? exp : undefined;
}
