import type { KoaContextWithOIDC } from 'oidc-provider';
import { OIDC_ROUTES } from '../configuration/oidc-routes.js';

/**
 * Leaves the secret out when a client reads or updates its registration (RFC 7592, section 3): only a
 * hash of it is kept, and what oidc-provider has in its place is nobody's secret.
 */
export async function registrationMiddleware(
  ctx: KoaContextWithOIDC,
  next: () => Promise<void>,
): Promise<void> {
  await next();
  if (!ctx.path.startsWith(`${OIDC_ROUTES.registration}/`)) return;
  const body: unknown = ctx.body;
  if (typeof body !== 'object' || body === null || !('client_secret' in body)) return;
  const { client_secret: _, ...rest } = body;
  ctx.body = rest;
}
