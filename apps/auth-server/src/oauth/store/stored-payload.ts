import { type AdapterPayload, Provider } from 'oidc-provider';
import { hashOpaqueToken } from '../../operation/crypto/sealer.js';

/** Takes out of a payload what would give away its id: the row is found by a hash of it. */
export function withoutSecrets(id: string, payload: AdapterPayload): Record<string, unknown> {
  const { jti, userCode: _userCode, session, returnTo, ...rest } = payload;
  const stored: Record<string, unknown> = { ...rest };
  if (jti !== id) stored['jti'] = jti;
  if (session !== undefined) {
    const { cookie: _cookie, ...withoutCookie } = session;
    stored['session'] = withoutCookie;
  }
  if (returnTo !== undefined) {
    // The address at which an interaction goes on ends with the id of the interaction.
    if (!returnTo.endsWith(`/${id}`)) throw new Error('The address of an interaction has no id.');
    stored['returnTo'] = returnTo.slice(0, -id.length);
  }
  return stored;
}

/** The opposite: `id` is what the row was found by. */
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

/** No id that oidc-provider makes begins with it. */
const HANDLE = '#';

/** What is kept of an id: codes, tokens and cookies are known to their holders alone. */
export function hashOf(id: string): string {
  return id.startsWith(HANDLE) ? id.slice(HANDLE.length) : hashOpaqueToken(id);
}

/**
 * Stands for the id of a device code that was found by its user code: the code itself is known to the
 * device alone. It works inside of this server only, see {@link isPresentable}.
 */
export function handleOf(idHash: string): string {
  return `${HANDLE}${idHash}`;
}

/**
 * Whether an id may be looked up. A handle comes from the interaction that approves a device, and from
 * nowhere else: whoever reads the database could make one, and must not get tokens for it.
 */
export function isPresentable(id: string): boolean {
  return !id.startsWith(HANDLE) || Provider.ctx?.oidc.route === 'device_resume';
}
