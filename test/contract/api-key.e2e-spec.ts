import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import type { Credential } from '@patronus/nestjs';
import {
  apiKeys,
  type ApiKeyRecord,
  createApiKey,
  InMemoryApiKeyStore,
} from '@patronus/nestjs/api-key';
import { describeIdentityProvider, type ProviderHarness } from '@patronus/nestjs/testing';

/** Store that behaves as if it were called over a network. */
class DistantStore extends InMemoryApiKeyStore {
  down = false;

  override async find(id: string): Promise<ApiKeyRecord | undefined> {
    if (this.down) throw new Error('The store cannot be reached.');
    return super.find(id);
  }
}

const harness: ProviderHarness = {
  async start() {
    const store = new DistantStore();
    const keyOf = (subject: string, members: object = {}): Credential => {
      const { key, record } = createApiKey({ subject, roles: ['importer'] });
      store.put({ ...record, ...members });
      return { scheme: 'api-key', token: key };
    };
    const good = keyOf('lab-import');
    return {
      provider: apiKeys({ store }),
      good: () => good,
      expected: { id: 'lab-import', roles: ['importer'], isService: true },
      other: () => keyOf('pharmacy-import'),
      expired: () => keyOf('lab-import', { expiresAt: Math.floor(Date.now() / 1000) - 60 }),
      forged: () => ({ scheme: 'api-key', token: createApiKey({ subject: 'lab-import' }).key }),
      foreign: () => ({
        scheme: 'api-key',
        token: createApiKey({ subject: 'lab-import', prefix: 'another_app' }).key,
      }),
      outage: () => void (store.down = true),
      recover: () => void (store.down = false),
      stop: () => {},
    };
  },
};

describeIdentityProvider('apiKeys()', harness, {
  framework: { describe, it },
  notApplicable: {
    calls: 'the store is asked for each request that the identity cache does not answer',
  },
});
