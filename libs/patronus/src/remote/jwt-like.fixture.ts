/** Returns a token that looks like a JWT, and whose signature cannot be verified. */
export function jwtLike(payload: unknown): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'RS256' })}.${encode(payload)}.c2lnbmF0dXJl`;
}
