import { runOutsideScopes } from '../identity/request-scope.js';
import { bindHere, isCallback } from './bind-here.js';
import { watchPool } from './held-pools.js';

const bound = new WeakSet<object>();

/**
 * Makes the callbacks of a `pg` pool, and of the connections that it lends, run in the context
 * where they were passed, from now on, instead of the context where a connection was released or
 * opened. Connections are opened outside of every request, so that their own callbacks find no
 * tenant, instead of that of their opener.
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

/**
 * Opens connections outside of every request. A pool opens one for a caller that asks, or that
 * releases a broken one, and keeps it for all.
 */
function openOutside(pool: object): void {
  const open: unknown = Reflect.get(pool, 'newClient');
  if (!isCallback(open)) return;
  Reflect.set(pool, 'newClient', (...args: unknown[]) =>
    runOutsideScopes(() => open.apply(pool, args)),
  );
}

/** Binds a connection that a promise returns. */
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
