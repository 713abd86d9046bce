import { AsyncLocalStorage } from 'node:async_hooks';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { isCallback } from './bind-here.js';

/**
 * Transaction of a tenant that has begun, or is about to, with the pools whose connections it
 * holds.
 */
interface Holder {
  readonly pools: Set<object>;
  readonly outer: Holder | undefined;
  isOpen: boolean;
}

const holders = new AsyncLocalStorage<Holder>();

/** Runs a transaction of any library. It holds the pools from which it takes connections. */
export async function holding<Result>(transaction: () => Promise<Result>): Promise<Result> {
  const holder: Holder = { pools: new Set(), outer: holders.getStore(), isOpen: true };
  try {
    return await holders.run(holder, transaction);
  } finally {
    holder.isOpen = false;
  }
}

/**
 * Makes a pool of `pg`, or a PGlite, refuse a connection that it could never provide: one for a
 * transaction inside of others that hold all of its connections. Both would wait for each other
 * without end.
 */
export function watchPool(pool: object): void {
  if ('connect' in pool) {
    replace(pool, 'connect', (connect, args) => {
      try {
        take(pool, capacityOf(pool));
      } catch (error) {
        const callback = args.at(-1);
        if (!isCallback(callback)) return Promise.reject(error);
        return callback(error);
      }
      return connect();
    });
  } else if ('transaction' in pool) {
    // A PGlite has one connection. Kysely waits for this to begin, and only an error ends its wait.
    replace(pool, 'transaction', (begin) => {
      take(pool, 1);
      return begin();
    });
    replace(pool, 'query', async (query) => {
      requireFree(pool, 1);
      return query();
    });
  }
}

function replace(
  pool: object,
  name: string,
  other: (original: () => unknown, args: readonly unknown[]) => unknown,
): void {
  const method: unknown = Reflect.get(pool, name);
  if (!isCallback(method)) return;
  Reflect.set(pool, name, (...args: unknown[]) => other(() => method.apply(pool, args), args));
}

function take(pool: object, capacity: number): void {
  requireFree(pool, capacity);
  const holder = holders.getStore();
  if (holder?.isOpen === true) holder.pools.add(pool);
}

/**
 * Requires a free connection.
 *
 * @throws {PatronusConfigurationError} if the open transactions around this one hold every
 * connection
 */
function requireFree(pool: object, capacity: number): void {
  let held = 0;
  for (let around = holders.getStore(); around !== undefined; around = around.outer) {
    if (around.isOpen && around.pools.has(pool)) held += 1;
  }
  if (held < capacity) return;
  throw new PatronusConfigurationError(
    'A tenant transaction',
    `needs a connection, and open transactions around it hold every one of the pool (max ${capacity}): it would never begin.`,
    'Use the client of the transaction that is open, or give the pool a larger `max`.',
  );
}

/** Returns `max` of a pool of `pg`. Other pools are treated as unlimited. */
function capacityOf(pool: object): number {
  const options: unknown = Reflect.get(pool, 'options');
  const max: unknown =
    typeof options === 'object' && options !== null && Reflect.get(options, 'max');
  return typeof max === 'number' ? max : Infinity;
}
