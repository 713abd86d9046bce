import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { currentTenantId } from '../current-tenant-id.js';
import { keyInTenant } from './cache-keys.js';

/**
 * Cache of the application (`CacheModule` of `@nestjs/cache-manager`), in which each tenant sees
 * only its own entries. List it under `providers` in the module that imports `CacheModule`.
 *
 * @example
 * const prices = await this.cache.wrap('prices', () => this.prices.list(), 60_000);
 */
@Injectable()
export class TenantCache {
  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  /**
   * Returns an entry.
   *
   * @throws {PatronusError} `tenant_required` without a tenant, as all methods do
   */
  async get<Value>(key: string): Promise<Value | undefined> {
    return this.cache.get<Value>(keyInTenant(currentTenantId(), key));
  }

  /** @param ttl time to live in milliseconds, as in cache-manager */
  async set(key: string, value: unknown, ttl?: number): Promise<void> {
    await this.cache.set(keyInTenant(currentTenantId(), key), value, ttl);
  }

  async del(key: string): Promise<void> {
    await this.cache.del(keyInTenant(currentTenantId(), key));
  }

  /** Returns the entry under `key`, or else the result of `make`, which is cached from then on. */
  async wrap<Value>(key: string, make: () => Value | Promise<Value>, ttl?: number): Promise<Value> {
    return this.cache.wrap(keyInTenant(currentTenantId(), key), make, ttl);
  }
}
