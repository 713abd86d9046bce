import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isOutage, type PlatformError, RETRY_AFTER_OUTAGE } from '../../operation/http/errors.js';

const BODY = {
  error: 'temporarily_unavailable',
  error_description: 'something that is needed does not answer',
};

/** Says that it was an outage, in place of a failure of ours. */
export function answerOutage(ctx: KoaContextWithOIDC, error: unknown): void {
  if (!isOutage(error) || ctx.status !== 500) return;
  ctx.status = 503;
  ctx.set('Retry-After', String(RETRY_AFTER_OUTAGE));
  if (ctx.type !== 'text/html') ctx.body = BODY;
}

/** What fails outside of oidc-provider's own handlers, such as keeping a session. */
export async function outageMiddleware(
  ctx: KoaContextWithOIDC,
  next: () => Promise<void>,
): Promise<void> {
  try {
    await next();
  } catch (error) {
    if (!isOutage(error)) throw error;
    ctx.status = 503;
    ctx.set({ 'Retry-After': String(RETRY_AFTER_OUTAGE), 'Cache-Control': 'no-store' });
    ctx.body = BODY;
  }
}

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
