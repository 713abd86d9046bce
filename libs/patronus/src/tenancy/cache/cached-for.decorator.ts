import { SetMetadata } from '@nestjs/common';

/** Who may see an answer that was made for somebody else of the same audience. */
export type CacheAudience = 'user' | 'tenant' | 'everyone';

export const CACHE_AUDIENCE = Symbol('patronus.cache-audience');

/**
 * Declares for whom an answer is the same, so that `TenantCacheInterceptor` keeps one for all of them.
 * Without it, each caller has answers of their own.
 *
 * @example
 * @Get('opening-hours') @CachedFor('tenant') hours() {}
 */
export function CachedFor(audience: CacheAudience): ClassDecorator & MethodDecorator {
  return SetMetadata(CACHE_AUDIENCE, audience);
}
