import { runOutsideScopes } from '../identity/request-scope.js';
import { bindHere, isCallback } from './bind-here.js';
import { watchPool } from './held-pools.js';

const bound = new WeakSet<object>();

/**
 * Makes the callbacks of a `pg` pool, and of the connections that it hands out, run where they were
 * given, from now on, instead of where a connection was released or opened. Connections are opened
 * outside of every request: what they call by themselves finds no tenant, instead of their opener's.
 */
export function bindPool(pool: object): void {
  if (bound.has(pool)) return;
  watchPool(pool);
  bindCallbacks(pool);
}

function bindCallbacks(pool: object): void {
  if (bound.has(pool)) return;
  bound.add(pool);
  for (const name of ['connect', 'query']) {
    const method: unknown = Reflect.get(pool, name);
    if (!isCallback(method)) continue;
    Reflect.set(pool, name, (...args: unknown[]) => {
      const callback = args.at(-1);
      if (!isCallback(callback)) return bindLent(method.apply(pool, args));
      const here = bindHere((...given: unknown[]) => {
        for (const one of given) bindConnection(one);
        return callback(...given);
      });
      return method.apply(pool, [...args.slice(0, -1), here]);
    });
  }
  openOutside(pool);
}

/** A pool opens a connection for whoever asks, or releases a broken one, and keeps it for all. */
function openOutside(pool: object): void {
  const open: unknown = Reflect.get(pool, 'newClient');
  if (!isCallback(open)) return;
  Reflect.set(pool, 'newClient', (...args: unknown[]) =>
    runOutsideScopes(() => open.apply(pool, args)),
  );
}

/** A connection that a promise hands out. */
function bindLent(lent: unknown): unknown {
  if (!(lent instanceof Promise)) return lent;
  return lent.then((connection: unknown) => {
    bindConnection(connection);
    return connection;
  });
}

function bindConnection(connection: unknown): void {
  if (typeof connection !== 'object' || connection === null) return;
  if ('release' in connection && 'query' in connection) bindCallbacks(connection);
}
