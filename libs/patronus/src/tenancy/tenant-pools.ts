import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { withinDeadline } from '../identity/deadline.js';
import { runOutsideScopes } from '../identity/request-scope.js';
import { bindPool } from './bound-pool.js';

/** Members of a pool of `pg` that are needed to close it. */
export interface ClosablePool {
  connect(): Promise<unknown>;
  end(): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Options of {@link TenantPools}. */
export interface TenantPoolsOptions<Pool extends ClosablePool> {
  /**
   * Creates the pool of a tenant's database. Return undefined for an unknown tenant, which is
   * refused with `tenant_unknown`. Must not return one pool twice.
   */
  readonly create: (tenantId: string) => Pool | undefined | Promise<Pool | undefined>;
  /** Maximum number of open pools. Default: 20. */
  readonly max?: number | undefined;
  /** Seconds after its last use after which a pool is closed. Default: 300. */
  readonly idle?: number | undefined;
}

/** Timeout for the creation of a pool, and for closing one, in milliseconds. */
const TIMEOUT_MS = 10_000;

interface Entry<Pool> {
  readonly pool: Promise<Pool>;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Keeps a pool for each tenant, for applications that give each tenant a database. Pools are
 * created on first use, closed when they are idle, and bounded in number: if all are in use, a
 * further tenant is refused with `provider_unavailable`.
 *
 * @example
 * const pools = new TenantPools({
 *   create: async (tenantId) => {
 *     const connectionString = await urls.find(tenantId);
 *     return connectionString === undefined ? undefined : new Pool({ connectionString, max: 5 });
 *   },
 * });
 * const database = new TenantDatabase(pools, tenant);
 */
export class TenantPools<Pool extends ClosablePool = ClosablePool> implements OnModuleDestroy {
  readonly #logger = new Logger('Patronus');
  readonly #create: TenantPoolsOptions<Pool>['create'];
  readonly #max: number;
  readonly #idleMs: number;
  /** Entries in the order of their last use. */
  readonly #entries = new Map<string, Entry<Pool>>();
  readonly #closing = new Set<Promise<unknown>>();
  readonly #seen = new WeakSet<Pool>();
  #isClosed = false;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError}
   */
  constructor(options: TenantPoolsOptions<Pool>) {
    checkMembers('TenantPools', options, ['create', 'max', 'idle']);
    const { create, max = 20, idle = 300 } = options;
    checkPositiveInteger('TenantPools.max', max);
    checkPositiveInteger('TenantPools.idle', idle);
    if (typeof create !== 'function') {
      throw new PatronusConfigurationError(
        'TenantPools.create',
        'is not a function.',
        'Give (tenantId) => new Pool({ … }).',
      );
    }
    this.#create = create;
    this.#max = max;
    this.#idleMs = 1000 * idle;
  }

  /** Number of open pools. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Runs `work` with the pool of a tenant, which stays open until then.
   *
   * @throws {PatronusError} `tenant_unknown`; `provider_unavailable` if the pool cannot be created,
   * or if all pools are in use
   */
  async use<Result>(tenantId: string, work: (pool: Pool) => Promise<Result>): Promise<Result> {
    const entry = this.#entryOf(tenantId);
    entry.users += 1;
    clearTimeout(entry.timer);
    try {
      return await work(await entry.pool);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) await this.#rest(tenantId, entry);
    }
  }

  /** Closes all pools, once their connections have been released, and refuses further use. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const [tenantId, entry] of this.#entries) this.#end(tenantId, entry);
    await Promise.all(this.#closing);
  }

  onModuleDestroy(): Promise<void> {
    return this.close();
  }

  #entryOf(tenantId: string): Entry<Pool> {
    if (this.#isClosed) throw unavailable('the pools are closed');
    const known = this.#entries.get(tenantId);
    if (known === undefined) this.#makeRoom();
    const entry = known ?? { pool: this.#open(tenantId), users: 0, timer: undefined };
    this.#entries.delete(tenantId);
    this.#entries.set(tenantId, entry);
    return entry;
  }

  /** Closes the least recently used pool of those that are not in use. */
  #makeRoom(): void {
    if (this.#entries.size < this.#max) return;
    for (const [tenantId, entry] of this.#entries) {
      if (entry.users === 0) return this.#end(tenantId, entry);
    }
    throw unavailable(`all ${this.#max} pools are in use`);
  }

  async #open(tenantId: string): Promise<Pool> {
    // Never more connections than those of `max` pools.
    await Promise.all(this.#closing);
    let pool: Pool | undefined;
    try {
      const made = runOutsideScopes(async () => this.#create(tenantId));
      pool = await withinDeadline(made, TIMEOUT_MS);
    } catch (cause) {
      if (cause instanceof PatronusError) throw cause;
      throw unavailable('the pool could not be created', cause);
    }
    if (pool === undefined) {
      throw new PatronusError('tenant_unknown', { reason: 'TenantPools.create returned no pool' });
    }
    if (this.#seen.has(pool)) {
      throw new PatronusConfigurationError(
        'TenantPools.create',
        'returned one pool twice, which tenants would share.',
        'Create a pool for each call.',
      );
    }
    this.#seen.add(pool);
    // An error without a listener ends the process. The user of a connection gets the error as
    // well.
    pool.on('error', (error) =>
      this.#logger.warn(`A connection to a tenant's database broke: ${error.message}`),
    );
    bindPool(pool);
    return pool;
  }

  /** Closes an idle pool. A pool whose creation failed is not kept. */
  async #rest(tenantId: string, entry: Entry<Pool>): Promise<void> {
    const isMade = await entry.pool.then(
      () => true,
      () => false,
    );
    if (entry.users > 0 || this.#entries.get(tenantId) !== entry) return;
    if (!isMade) this.#entries.delete(tenantId);
    else entry.timer = setTimeout(() => this.#end(tenantId, entry), this.#idleMs).unref();
  }

  #end(tenantId: string, entry: Entry<Pool>): void {
    clearTimeout(entry.timer);
    this.#entries.delete(tenantId);
    const ended: Promise<unknown> = withinDeadline(
      entry.pool.then((pool) => pool.end()),
      TIMEOUT_MS,
    )
      .catch(() => {})
      .finally(() => this.#closing.delete(ended));
    this.#closing.add(ended);
  }
}

function unavailable(reason: string, cause?: unknown): PatronusError {
  return new PatronusError('provider_unavailable', {
    reason: `TenantPools: ${reason}`,
    cause,
    retryAfter: 1,
  });
}
