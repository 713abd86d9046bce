import type { OIDCContext } from 'oidc-provider';

/**
 * The secrets that clients send to update their registration. oidc-provider would compare them with its
 * placeholder.
 */
export const presentedSecrets = new WeakMap<OIDCContext, string>();

/** Takes the secret out of the body of an update of a client (RFC 7592, section 2.2). */
export function withoutPresentedSecret(oidc: OIDCContext, body: unknown): unknown {
  if (oidc.route !== 'client_update' || typeof body !== 'object' || body === null) return body;
  const { client_secret: secret, ...rest }: Record<string, unknown> = { ...body };
  if (typeof secret !== 'string' || Array.isArray(body)) return body;
  presentedSecrets.set(oidc, secret);
  return rest;
}
