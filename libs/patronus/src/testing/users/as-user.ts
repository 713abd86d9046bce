import { claimsOfUser } from './claims-of-user.js';
import { sealUser } from './process-seal.js';
import type { TestUser } from './test-user.js';

/** Headers of a request that a user sends. */
// A type, not an interface: only then is it a record of strings, too.
export type UserHeaders = { readonly authorization: string };

/**
 * Returns the headers of a request of that user, for an application whose identity provider is
 * `mockIdentity()`. Uses no key and no network. Every other provider refuses them, and so does
 * every other process.
 *
 * @throws {PatronusConfigurationError} if the user has a member that does not exist
 * @example
 * await request(app.getHttpServer())
 *   .get('/patients')
 *   .set(asUser({ tenantId: 'norte', permissions: ['patients.read'] }));
 * await app.inject({ url: '/patients', headers: asUser({ tenantId: 'norte', roles: ['doctor'] }) });
 */
export function asUser(user: TestUser = {}): UserHeaders {
  return { authorization: `Bearer ${userToken(user)}` };
}

/**
 * Returns only the token, for places without headers: a socket's handshake, a cookie, metadata.
 *
 * @throws {PatronusConfigurationError} if the user has a member that does not exist
 * @example
 * io(url, { auth: { token: userToken({ tenantId: 'norte' }) } });
 */
export function userToken(user: TestUser = {}): string {
  const issuedAt = Math.floor(Date.now() / 1000);
  return sealUser({ tenantId: user.tenantId, claims: { iat: issuedAt, ...claimsOfUser(user) } });
}
