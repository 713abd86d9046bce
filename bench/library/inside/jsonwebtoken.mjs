import { createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';

/** What passport-jwt verifies with, alone: it knows no Edwards curves. */
export function jsonwebtoken({ algorithm, jwk }, token, checks) {
  if (algorithm === 'EdDSA') return {};
  const passportJwt = createRequire(import.meta.url).resolve('passport-jwt');
  const { verify } = createRequire(passportJwt)('jsonwebtoken');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return { 'jsonwebtoken alone': () => verify(token, key, { algorithms: [algorithm], ...checks }) };
}
