import { Identity, type IdentityFields } from '@patronus/nestjs';
import type { RedisRevocations } from '@patronus/nestjs/redis';

/** Returns the fields of a caller whose credential is a minute old. */
export const fieldsOf = (id: string): IdentityFields => ({
  id,
  issuer: 'https://issuer',
  provider: 'test',
  sessionId: `session-of-${id}`,
  issuedAt: Math.floor(Date.now() / 1000) - 60,
  expiresAt: Date.now() / 1000 + 600,
});

/** Returns the outcome of a request of `id`. */
export function answerOf(revocations: RedisRevocations, id: string): string {
  try {
    return revocations.isRevoked(new Identity(fieldsOf(id)), undefined) ? 'revoked' : 'good';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  }
}
