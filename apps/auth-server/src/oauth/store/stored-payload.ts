import { type AdapterPayload, Provider } from 'oidc-provider';
import { hashOpaqueToken } from '../../operation/crypto/opaque-tokens.js';

/** Removes the id from a payload. The row is found by a hash of the id. */
export function withoutSecrets(id: string, payload: AdapterPayload): Record<string, unknown> {
  const { jti, userCode: _userCode, session, returnTo, ...rest } = payload;
  const stored: Record<string, unknown> = { ...rest };
  if (jti !== id) stored['jti'] = jti;
  if (session !== undefined) {
    const { cookie: _cookie, ...withoutCookie } = session;
    stored['session'] = withoutCookie;
  }
  if (returnTo !== undefined) {
    // The address at which an interaction continues ends with its id.
    if (!returnTo.endsWith(`/${id}`)) throw new Error('The address of an interaction has no id.');
    stored['returnTo'] = returnTo.slice(0, -id.length);
  }
  return stored;
}

/** Restores the id, by which the row was found, in a payload. */
export function withSecrets(
  id: string,
  stored: Readonly<Record<string, unknown>>,
  consumedAt: Date | null,
): AdapterPayload {
  const { returnTo } = stored;
  return {
    jti: id,
    ...stored,
    ...(typeof returnTo === 'string' && { returnTo: `${returnTo}${id}` }),
    ...(consumedAt && { consumed: Math.floor(consumedAt.getTime() / 1000) }),
  };
}

/** The prefix of handles. Ids of oidc-provider never begin with it. */
const HANDLE = '#';

/** Hashes an id for storage. Only the holder knows a code, a token or a cookie. */
export function hashOf(id: string): string {
  return id.startsWith(HANDLE) ? id.slice(HANDLE.length) : hashOpaqueToken(id);
}

/**
 * Creates a handle for a device code that was found by its user code. Only the device knows the code itself.
 * A handle works inside of this server only: see {@link isPresentable}.
 */
export function handleOf(idHash: string): string {
  return `${HANDLE}${idHash}`;
}

/**
 * Tells if an id may be looked up. A handle is accepted only from the interaction that approves a device:
 * an attacker who reads the database could create one, and must not get tokens for it.
 */
export function isPresentable(id: string): boolean {
  return !id.startsWith(HANDLE) || Provider.ctx?.oidc.route === 'device_resume';
}
