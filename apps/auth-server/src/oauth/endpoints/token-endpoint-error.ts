import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { PlatformError } from '../../errors/platform.error.js';

/** A refusal of the platform in the words of RFC 6749, section 5.2. */
export function tokenEndpointError(
  ctx: KoaContextWithOIDC,
  error: PlatformError,
): errors.OIDCProviderError {
  const { code, retryAfter } = error;
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
  if (code === 'invalid_credentials') return new errors.InvalidGrant('wrong name or password');
  const refusal = new errors.CustomOIDCProviderError('temporarily_unavailable', error.message);
  refusal.status = refusal.statusCode = error.getStatus();
  return refusal;
}
