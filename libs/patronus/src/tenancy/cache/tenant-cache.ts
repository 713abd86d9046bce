import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { Cache } from 'cache-manager';
import { currentTenantId } from '../current-tenant-id.js';
import { keyInTenant } from './cache-keys.js';

/**
 * The application's cache (`CacheModule` of `@nestjs/cache-manager`), in which each tenant sees only
 * what it has put there. List it under `providers` where `CacheModule` is imported.
 *
 * @example
 * const prices = await this.cache.wrap('prices', () => this.prices.list(), 60_000);
 */
@Injectable()
export class TenantCache {
  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  /** @throws {PatronusError} `tenant_required` where there is no tenant, as all methods do */
  async get<Value>(key: string): Promise<Value | undefined> {
    return this.cache.get<Value>(keyInTenant(currentTenantId(), key));
  }

  /** @param ttl in milliseconds, as cache-manager has it */
  async set(key: string, value: unknown, ttl?: number): Promise<void> {
    await this.cache.set(keyInTenant(currentTenantId(), key), value, ttl);
  }

  async del(key: string): Promise<void> {
    await this.cache.del(keyInTenant(currentTenantId(), key));
  }

  /** What is kept under `key`, or else what `make` gives, which is kept from then on. */
  async wrap<Value>(key: string, make: () => Value | Promise<Value>, ttl?: number): Promise<Value> {
    return this.cache.wrap(keyInTenant(currentTenantId(), key), make, ttl);
  }
}
