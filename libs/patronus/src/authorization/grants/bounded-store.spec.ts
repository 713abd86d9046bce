import { describe, expect, it } from '@jest/globals';
import { Keyv } from 'keyv';
import { boundedStore } from './bounded-store.js';

describe('boundedStore', () => {
  it('keeps what is given a time', async () => {
    const store = new Keyv({ store: boundedStore() });
    await store.set('a', { roles: ['doctor'] }, 60_000);
    expect(await store.get('a')).toEqual({ roles: ['doctor'] });
  });

  it('keeps it no longer', async () => {
    const store = new Keyv({ store: boundedStore() });
    await store.set('a', 'old', 1);
    const end = Date.now() + 2;
    while (Date.now() < end) await new Promise(setImmediate);
    expect(await store.get('a')).toBeUndefined();
  });

  it('drops what was used least recently', async () => {
    const store = new Keyv({ store: boundedStore(1) });
    for (const key of ['a', 'b', 'c', 'd']) await store.set(key, key, 60_000);
    expect(await store.get('a')).toBeUndefined();
    expect(await store.get('d')).toBe('d');
  });

  it('forgets what is deleted, and everything when it is cleared', async () => {
    const store = new Keyv({ store: boundedStore() });
    for (const key of ['a', 'b', 'c']) await store.set(key, key, 60_000);
    await store.delete('a');
    expect(await store.get(['a', 'b', 'c'])).toEqual([undefined, 'b', 'c']);
    await store.clear();
    expect(await store.get(['b', 'c'])).toEqual([undefined, undefined]);
  });
});
