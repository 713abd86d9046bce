import { isJsonObject, type JsonObject, member } from './json-object.js';

/**
 * Returns the `iss` that a JWT claims, before anything is verified. Use it only to choose the
 * provider that verifies the token. Undefined for an opaque token.
 */
export function unverifiedIssuer(token: string): string | undefined {
  const payload = unverifiedPayload(token);
  const issuer = payload && member(payload, 'iss');
  return typeof issuer === 'string' ? issuer : undefined;
}

/**
 * Returns true for a JWT without `iss`. Applications that sign their own tokens often leave it out.
 */
export function lacksIssuer(token: string): boolean {
  const payload = unverifiedPayload(token);
  return payload !== undefined && member(payload, 'iss') === undefined;
}

function unverifiedPayload(token: string): JsonObject | undefined {
  const start = token.indexOf('.') + 1;
  const end = token.indexOf('.', start);
  if (start === 0 || end === -1) return undefined;
  try {
    const text = Buffer.from(token.slice(start, end), 'base64url').toString();
    const payload: unknown = JSON.parse(text);
    return isJsonObject(payload) ? payload : undefined;
  } catch {
    return undefined;
  }
}
