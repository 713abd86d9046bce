/**
 * The `iss` that a JWT claims, before anything is verified: good for choosing who verifies it, and
 * for nothing else. Undefined for an opaque token.
 */
export function unverifiedIssuer(token: string): string | undefined {
  const start = token.indexOf('.') + 1;
  const end = token.indexOf('.', start);
  if (start === 0 || end === -1) return undefined;
  try {
    const payload: unknown = JSON.parse(
      Buffer.from(token.slice(start, end), 'base64url').toString(),
    );
    if (typeof payload !== 'object' || payload === null || !('iss' in payload)) return undefined;
    return typeof payload.iss === 'string' ? payload.iss : undefined;
  } catch {
    return undefined;
  }
}
