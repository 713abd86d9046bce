import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clients } from '../clients/clients.service.js';
import { OIDC_ROUTES } from './routes.js';

/**
 * Leaves the secret out when a client reads or updates its registration (RFC 7592, section 3), unless
 * it is a new one: only a hash is kept, and what oidc-provider has in its place is nobody's secret.
 */
export function registrationMiddleware(clients: Clients) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    if (!ctx.path.startsWith(`${OIDC_ROUTES.registration}/`)) return;
    const body: unknown = ctx.body;
    if (typeof body !== 'object' || body === null || !('client_secret' in body)) return;
    const { client_secret: secret, ...rest } = body;
    if (clients.isPlaceholder(secret)) ctx.body = rest;
  };
}
