import { SetMetadata } from '@nestjs/common';

/** Audience that shares a cached answer. */
export type CacheAudience = 'user' | 'tenant' | 'everyone';

export const CACHE_AUDIENCE = Symbol('patronus.cache-audience');

/**
 * Declares the audience for which an answer is the same, so that `TenantCacheInterceptor` caches
 * one for all of them. Without it, answers are cached for each caller.
 *
 * @example
 * @Get('opening-hours') @CachedFor('tenant') hours() {}
 */
export function CachedFor(audience: CacheAudience): ClassDecorator & MethodDecorator {
  return SetMetadata(CACHE_AUDIENCE, audience);
}
