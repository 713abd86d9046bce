import { isJsonObject, type JsonObject, member } from './json-object.js';

/**
 * The `iss` that a JWT claims, before anything is verified: good for choosing the provider that
 * verifies it, and for nothing else. Undefined for an opaque token.
 */
export function unverifiedIssuer(token: string): string | undefined {
  const payload = unverifiedPayload(token);
  const issuer = payload && member(payload, 'iss');
  return typeof issuer === 'string' ? issuer : undefined;
}

/** Whether a token is a JWT without `iss`. Applications that sign their own tokens often leave it out. */
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
