import { CacheInterceptor } from '@nestjs/cache-manager';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { currentScope } from '../../identity/request-scope.js';
import { keyOfAnswer } from './cache-keys.js';
import { CACHE_AUDIENCE, type CacheAudience } from './cached-for.decorator.js';

/**
 * Replaces Nest's `CacheInterceptor`, whose only key is the URL, in applications with tenants. Its
 * keys hold issuer, tenant and subject as well, or the audience that `@CachedFor()` declares.
 * Answers to anonymous callers are cached only if they are declared to be for everyone.
 *
 * @example
 * @UseInterceptors(TenantCacheInterceptor) @Controller('patients') class PatientsController {}
 */
@Injectable()
export class TenantCacheInterceptor extends CacheInterceptor {
  protected override trackBy(context: ExecutionContext): string | undefined {
    // With @CacheKey() the base class caches the answers of any method.
    if (!this.isRequestCacheable(context)) return undefined;
    const key: unknown = super.trackBy(context);
    if (typeof key !== 'string') return undefined;
    return keyOfAnswer(this.#audienceOf(context), currentScope(), key);
  }

  #audienceOf(context: ExecutionContext): CacheAudience {
    const declared: unknown = this.reflector.getAllAndOverride(CACHE_AUDIENCE, [
      context.getHandler(),
      context.getClass(),
    ]);
    return declared === 'tenant' || declared === 'everyone' ? declared : 'user';
  }
}
