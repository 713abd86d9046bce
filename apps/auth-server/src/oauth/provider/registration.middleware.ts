import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clients } from '../clients/clients.service.js';
import { OIDC_ROUTES } from './routes.js';

/**
 * Removes the placeholder of the secret from the answer when a client reads or updates its registration
 * (RFC 7592, section 3). Only a hash of the secret is stored. A new secret stays in the answer.
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
