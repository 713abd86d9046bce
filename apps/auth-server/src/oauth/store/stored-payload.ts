import type { AdapterPayload } from 'oidc-provider';

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
