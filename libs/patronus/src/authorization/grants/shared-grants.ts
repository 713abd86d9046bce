import { randomUUID } from 'node:crypto';
import type { Cache } from 'cache-manager';
import { SharedCache } from '../../remote/shared-cache.js';
import { parseSharedEntry, type SharedEntry } from './shared-entry.js';
import { textOf, type PurgeFilter, type SubjectKey } from './subject-key.js';

const HOUR_MS = 60 * 60 * 1000;

/** Result of a look-up in the shared cache. */
export interface SharedLook {
  readonly entry: SharedEntry | undefined;
  /** Generations that a new entry must carry, or undefined if none may be written. */
  readonly generations: readonly string[] | undefined;
}

const NOTHING: SharedLook = { entry: undefined, generations: undefined };

/**
 * Cache that processes share, over a `Cache` of cache-manager. It can make a look-up slower, but
 * never wrong.
 *
 * A purge cannot list the keys of a tenant, so it invalidates entries instead. Beside the entries
 * the cache holds generations: random values, one for each user, each tenant, and all. An entry
 * carries the generations that were current before its source was called, and is valid only while
 * they are unchanged. A purge writes a new generation. This also invalidates entries of look-ups
 * that are in flight elsewhere, without comparing clocks. A missing generation (evicted, expired,
 * unreadable) invalidates as well.
 */
export class SharedGrants {
  private readonly cache: SharedCache;

  constructor(
    cache: Cache,
    private readonly ttlMs: number,
  ) {
    this.cache = new SharedCache(cache);
  }

  /** Reads the entry of `key` and the current generations. Never rejects. */
  async look(key: SubjectKey): Promise<SharedLook> {
    return (await this.cache.attempt((cache) => this.read(cache, key))) ?? NOTHING;
  }

  /** Writes an entry for the rest of its lifetime. Never rejects, and need not be awaited. */
  async write(key: SubjectKey, entry: SharedEntry): Promise<void> {
    const remaining = entry.askedAt + this.ttlMs - Date.now();
    if (remaining <= 0) return;
    // Where an entry is missing, the next process asks the source itself.
    await this.cache.attempt((cache) => cache.set(entryKey(key), entry, remaining));
  }

  /**
   * Invalidates entries. A purge of one user in one tenant invalidates that user's entries in every
   * tenant. If the new generation cannot be written, this process bypasses the shared cache until
   * every entry has expired. Never rejects.
   *
   * @returns true if other processes see the purge too
   */
  async purge(filter: PurgeFilter): Promise<boolean> {
    const key = generationKey(filter);
    const generation = randomUUID();
    const isWritten = await this.cache.insist(async (cache) => {
      await this.writeGeneration(cache, key, generation);
      return true;
    });
    // Read back, because a store may silently drop a write.
    const standing = isWritten && (await this.cache.insist((cache) => cache.get<unknown>(key)));
    if (standing === generation) return true;
    this.cache.distrust(this.ttlMs);
    return false;
  }

  private async read(cache: Cache, key: SubjectKey): Promise<SharedLook> {
    const keys = generationKeys(key);
    const [found, ...standing] = await Promise.all(
      [entryKey(key), ...keys].map((text) => cache.get<unknown>(text)),
    );
    const entry = parseSharedEntry(found);
    if (entry !== undefined && this.isCurrent(entry, standing)) {
      return { entry, generations: undefined };
    }
    return { entry: undefined, generations: await this.establish(cache, keys, standing) };
  }

  private isCurrent({ askedAt, generations }: SharedEntry, standing: readonly unknown[]): boolean {
    return (
      askedAt + this.ttlMs > Date.now() &&
      generations.length === standing.length &&
      generations.every((generation, index) => generation === standing[index])
    );
  }

  /**
   * Fills in missing generations, and waits until they are written. Only then is the source called.
   * A purge before that precedes the call, and a purge after it replaces the generations written
   * here.
   */
  private establish(
    cache: Cache,
    keys: readonly string[],
    standing: readonly unknown[],
  ): Promise<readonly string[]> {
    return Promise.all(
      keys.map(async (key, index) => {
        const generation = standing[index];
        if (typeof generation === 'string') return generation;
        const fresh = randomUUID();
        await this.writeGeneration(cache, key, fresh);
        return fresh;
      }),
    );
  }

  private async writeGeneration(cache: Cache, key: string, generation: string): Promise<void> {
    await cache.set(key, generation, Math.max(HOUR_MS, 2 * this.ttlMs));
  }
}

function entryKey(key: SubjectKey): string {
  return `patronus:grants:${textOf(key)}`;
}

function generationKeys({ tenant, user }: SubjectKey): readonly string[] {
  const filters: PurgeFilter[] = [{}, { user }];
  if (tenant !== undefined) filters.push({ tenant });
  return filters.map(generationKey);
}

function generationKey({ user, tenant }: PurgeFilter): string {
  if (user !== undefined) return `patronus:generation:user:${JSON.stringify(user)}`;
  if (tenant !== undefined) return `patronus:generation:tenant:${JSON.stringify(tenant)}`;
  return 'patronus:generation:all';
}
