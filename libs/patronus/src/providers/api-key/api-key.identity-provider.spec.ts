import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { inspect } from 'node:util';
import type { ProviderEvent } from '../../identity/provider-event.js';
import { forge } from '../../../../../test/fixtures/forged-key.js';
import {
  apiKeys,
  type ApiKeyRecord,
  ApiKeyStore,
  createApiKey,
  InMemoryApiKeyStore,
  type NewApiKey,
} from './index.js';

class CountingStore extends ApiKeyStore {
  calls = 0;
  constructor(public answer: (id: string) => unknown) {
    super();
  }
  override find(id: string): Promise<ApiKeyRecord | undefined> {
    this.calls += 1;
    // The type of a store's answer is not known before it is read.
    return this.answer(id) as Promise<ApiKeyRecord | undefined>;
  }
}

const seconds = () => Math.floor(Date.now() / 1000);

function setUp(options: Partial<NewApiKey> = {}, change: object = {}) {
  const { key, record } = createApiKey({ subject: 'lab-import', ...options });
  const stored = { ...record, ...change };
  const store = new CountingStore(async (id) => (id === record.id ? stored : undefined));
  const provider = apiKeys({ store });
  const ask = (token = key) => provider.authenticate({ scheme: 'api-key', token });
  return { key, record, store, provider, ask };
}

describe('apiKeys', () => {
  afterEach(() => void jest.useRealTimers());

  it('makes an identity of a service', async () => {
    const { ask, record } = setUp({
      name: 'Lab',
      tenantId: 'clinic-1',
      roles: ['importer'],
      permissions: ['results.write'],
      platformRoles: ['auditor'],
      platformPermissions: ['audit.read'],
      scopes: ['results'],
    });
    const identity = await ask();
    expect(identity).toMatchObject({
      id: 'lab-import',
      issuer: 'api-key',
      provider: 'api-key',
      isService: true,
      tokenId: record.id,
      issuedAt: record.createdAt,
      name: 'Lab',
      tenantId: 'clinic-1',
      roles: ['importer'],
      permissions: ['results.write'],
      platformRoles: ['auditor'],
      platformPermissions: ['audit.read'],
      scopes: ['results'],
    });
    expect(identity.expiresAt).toBeGreaterThan(seconds() + 290);
    expect(identity.expiresAt).toBeLessThan(seconds() + 302);
  });

  it('believes a key no longer than it lasts', async () => {
    const expiresAt = seconds() + 60;
    expect((await setUp({ expiresAt }).ask()).expiresAt).toBe(expiresAt);
  });

  it('takes null for what a table has no value of', async () => {
    const nulls = { name: null, tenantId: null, roles: null, expiresAt: null, revokedAt: null };
    const identity = await setUp({}, { ...nulls, disabled: null }).ask();
    expect(identity).toMatchObject({ name: undefined, tenantId: undefined, roles: [] });
  });

  it('names the issuer that the application gives', async () => {
    const { key, record } = createApiKey({ subject: 'lab', prefix: 'novah' });
    const store = new InMemoryApiKeyStore();
    store.put(record);
    const provider = apiKeys({ store, prefix: 'novah', issuer: 'https://api.novah.example' });
    const ask = () => provider.authenticate({ scheme: 'api-key', token: key });
    expect((await ask()).issuer).toBe('https://api.novah.example');
    store.remove(record.id);
    await expect(ask()).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it.each<[string, object]>([
    ['token_revoked', { disabled: true }],
    ['token_revoked', { revokedAt: seconds() - 1 }],
    ['token_revoked', { revokedAt: 0 }],
    ['token_revoked', { disabled: true, expiresAt: 1 }],
    ['token_expired', { expiresAt: 1 }],
    ['token_expired', { expiresAt: seconds() }],
    ['token_invalid', { hash: 'A'.repeat(43) }],
    ['token_invalid', { id: 'another' }],
    ['provider_unavailable', { hash: 'A'.repeat(42) }],
    ['provider_unavailable', { hash: undefined }],
    ['provider_unavailable', { subject: '' }],
    ['provider_unavailable', { createdAt: undefined }],
    ['provider_unavailable', { createdAt: Number.NaN }],
    ['provider_unavailable', { expiresAt: Date.now() + 60_000 }],
    ['provider_unavailable', { expiresAt: '2999-01-01' }],
    ['provider_unavailable', { expiresAt: new Date() }],
    ['provider_unavailable', { disabled: 'yes' }],
    ['provider_unavailable', { roles: 'admin' }],
    ['provider_unavailable', { roles: [1] }],
    ['provider_unavailable', { tenantId: 7 }],
  ])('answers %s to the record of %j', async (code, change) => {
    await expect(setUp({}, change).ask()).rejects.toMatchObject({ code });
  });

  it('says nothing of a key to someone who does not hold it', async () => {
    const { record, ask } = setUp({}, { disabled: true });
    const { key: other } = createApiKey({ subject: 'other' });
    await expect(ask(forge(other, record.id))).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('refuses a wrong checksum without a question to the store', async () => {
    const { ask, key, store } = setUp();
    const typo = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a');
    for (const wrong of [typo, key.slice(1), 'nonsense', '', `Bearer ${key}`]) {
      await expect(ask(wrong)).rejects.toMatchObject({ code: 'token_invalid' });
    }
    expect(store.calls).toBe(0);
    await ask();
    expect(store.calls).toBe(1);
  });

  it('refuses a key as a bearer token', async () => {
    const { provider, key, store } = setUp();
    await expect(provider.authenticate({ scheme: 'bearer', token: key })).rejects.toMatchObject({
      code: 'token_invalid',
    });
    expect(store.calls).toBe(0);
  });

  it.each<[string, () => unknown]>([
    ['rejects', () => Promise.reject(new Error('no connection'))],
    [
      'throws',
      () => {
        throw new Error('no connection');
      },
    ],
    ['answers nonsense', () => Promise.resolve('nonsense')],
    ['answers false', () => Promise.resolve(false)],
  ])('is unavailable where the store %s', async (_name, answer) => {
    const { ask, store, key } = setUp();
    const answerBefore = store.answer;
    store.answer = answer;
    const failure = await ask().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'provider_unavailable', retryAfter: 5 });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(key.slice(-49));
    store.answer = answerBefore;
    expect(await ask()).toMatchObject({ id: 'lab-import' });
  });

  it('does not wait for a store that hangs', async () => {
    jest.useFakeTimers();
    const { ask, store } = setUp();
    store.answer = () => new Promise(() => undefined);
    const refused = expect(ask()).rejects.toMatchObject({ code: 'provider_unavailable' });
    await jest.advanceTimersByTimeAsync(5000);
    await refused;
  });

  it('spares a store that fails, tells the outage once, and its end once', async () => {
    jest.useFakeTimers();
    const { ask, store, provider } = setUp();
    const events: ProviderEvent['type'][] = [];
    provider.observe(({ type }) => events.push(type));
    const good = store.answer;
    store.answer = () => Promise.reject(new Error('no connection'));
    for (let index = 0; index < 10; index += 1) {
      const { key } = createApiKey({ subject: 'lab-import' });
      await expect(ask(key)).rejects.toMatchObject({ code: 'provider_unavailable' });
    }
    expect(store.calls).toBe(3);
    expect(events).toEqual(['provider_unavailable']);
    store.answer = good;
    await jest.advanceTimersByTimeAsync(10_000);
    await ask();
    await ask();
    expect(events).toEqual(['provider_unavailable', 'provider_recovered']);
  });

  it('lets no one bad record keep the others out', async () => {
    const { ask, store } = setUp();
    const good = store.answer;
    store.answer = () => Promise.resolve('nonsense');
    for (let index = 0; index < 10; index += 1) await ask().catch(() => undefined);
    store.answer = good;
    await expect(ask()).resolves.toMatchObject({ id: 'lab-import' });
  });

  it('lets no one key that the store fails on keep the others out', async () => {
    const { ask, store } = setUp();
    const { key: evil, record } = createApiKey({ subject: 'evil' });
    const good = store.answer;
    store.answer = (id) => (id === record.id ? Promise.reject(new Error('corrupt')) : good(id));
    for (let index = 0; index < 40; index += 1) {
      await expect(ask(evil)).rejects.toMatchObject({ code: 'provider_unavailable' });
    }
    expect(store.calls).toBe(40);
    await expect(ask()).resolves.toMatchObject({ id: 'lab-import' });
  });

  it.each<[string, object]>([
    ['apiKeys.store', { store: undefined }],
    ['apiKeys.store', { store: {} }],
    ['apiKeys.prefix', { prefix: 'a-b' }],
    ['apiKeys.issuer', { issuer: '' }],
    ['apiKeys.prefixes', { prefixes: 'a' }],
  ])('names the mistake in %s: %j', (path, mistake) => {
    const options = { store: new InMemoryApiKeyStore(), ...mistake };
    expect(() => apiKeys(options)).toThrow(expect.objectContaining({ path }));
  });
});
