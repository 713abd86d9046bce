import { createHash } from 'node:crypto';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ClientsService } from '../clients/clients.service.js';
import { POLL_INTERVAL } from '../store/adapters.js';
import { DISCOVERY, OIDC_ROUTES } from './routes.js';

type Next = () => Promise<void>;

/**
 * Removes what is internal from the answer when a client reads or updates its registration (RFC 7592, section 3):
 * the placeholder of the secret, of which only a hash is stored, and the split of the scopes. The client can send
 * the answer back. A new secret stays in the answer.
 */
export function registrationAnswers(clients: ClientsService) {
  return async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    await next();
    if (!ctx.path.startsWith(`${OIDC_ROUTES.registration}/`)) return;
    const body: unknown = ctx.body;
    const id = ctx.oidc.client?.clientId;
    if (typeof body !== 'object' || body === null || !('client_id' in body) || id === undefined) {
      return;
    }
    const { resource_scopes: _, ...rest }: Record<string, unknown> = { ...body };
    const scope = await clients.scopeOf(id);
    if (scope !== undefined) rest['scope'] = scope;
    if (clients.isPlaceholder(rest['client_secret'])) {
      delete rest['client_secret'];
      delete rest['client_secret_expires_at'];
    }
    ctx.body = rest;
  };
}

/** Adds the interval at which a device may ask for its token (RFC 8628, section 3.2). */
export async function deviceAnswers(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  await next();
  const body: unknown = ctx.body;
  if (ctx.path !== OIDC_ROUTES.device_authorization) return;
  if (typeof body !== 'object' || body === null || !('device_code' in body)) return;
  ctx.body = { ...body, interval: POLL_INTERVAL };
}

const PUBLISHED = new Set<string>([
  OIDC_ROUTES.jwks,
  DISCOVERY,
  '/.well-known/oauth-authorization-server',
]);

/** Seconds for which the keys may be cached. A new key is published for longer before it signs. */
const CACHED = 900;

/** Lets clients cache the keys and the discovery, and ask if they changed. */
export async function publishedAnswers(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  await next();
  if (!PUBLISHED.has(ctx.path) || ctx.status !== 200) return;
  const content = JSON.stringify(ctx.body);
  ctx.set('Cache-Control', `public, max-age=${CACHED}`);
  const etag = `"${createHash('sha256').update(content).digest('base64url')}"`;
  ctx.set('ETag', etag);
  // Koa ignores the tag if the client also asks for no cached answer, as `fetch` does.
  const known = ctx.get('If-None-Match').split(',');
  if (!known.some((one) => one.trim().replace(/^W\//, '') === etag)) return;
  ctx.status = 304;
  ctx.body = null;
}
