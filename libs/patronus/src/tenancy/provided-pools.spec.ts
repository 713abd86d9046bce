import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { bindProvidedPools } from './provided-pools.js';

const provided = (...instances: unknown[]) => instances.map((instance) => ({ instance }));
const never = () => {
  throw new Error('touched');
};

/** Object with the members of a pool of `pg`, not created by `pg`. */
class PoolLike {
  readonly totalCount = 0;
  readonly idleCount = 0;
  readonly waitingCount = 0;
  connect() {}
  query() {}
  end() {}
}

describe('the pools among the providers', () => {
  it('are bound, each once', () => {
    const [pool, other] = [new PoolLike(), new PoolLike()];
    bindProvidedPools(provided(pool, pool, other));
    const { connect, query } = pool;
    expect([connect, query]).not.toContain(PoolLike.prototype.connect);
    expect(Object.hasOwn(other, 'query')).toBe(true);
    bindProvidedPools(provided(pool));
    expect([pool.connect, pool.query]).toEqual([connect, query]);
  });

  it.each([
    ['a single connection', { connect() {}, query() {}, end() {} }],
    ['a mock of a pool', { connect() {}, query() {}, totalCount: 0 }],
    ['an emitter', new EventEmitter()],
    ['an HTTP server', createServer()],
    ['standard output', process.stdout],
  ])('are not %s', (_what, value) => {
    const before = Reflect.ownKeys(value).map((key) => [key, Reflect.get(value, key)]);
    bindProvidedPools(provided(value));
    expect(Reflect.ownKeys(value).map((key) => [key, Reflect.get(value, key)])).toEqual(before);
  });

  it('are found without touching what is none', () => {
    const unready = Object.defineProperty({ connect() {} }, 'query', { get: never });
    const proxy = new Proxy(new PoolLike(), { has: never, get: never, set: never });
    expect(() =>
      bindProvidedPools(provided(unready, proxy, undefined, null, 7, 'pool', never)),
    ).not.toThrow();
  });
});
