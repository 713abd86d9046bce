import { describe, it } from '@jest/globals';
import { describeIdentityProvider } from '../../testing/index.js';
import { forge } from '../../../../../test/fixtures/forged-key.js';
import { apiKeys, type ApiKeyRecord, createApiKey, InMemoryApiKeyStore } from './index.js';

class BreakableStore extends InMemoryApiKeyStore {
  isDown = false;

  override async find(id: string): Promise<ApiKeyRecord | undefined> {
    if (this.isDown) throw new Error('the table cannot be read');
    return super.find(id);
  }
}

describeIdentityProvider(
  'apiKeys',
  {
    async start() {
      const store = new BreakableStore();
      const keyOf = (subject: string, change: object = {}) => {
        const { key, record } = createApiKey({ subject, roles: ['importer'] });
        store.put({ ...record, ...change });
        return { key, id: record.id };
      };
      const [lab, bot] = [keyOf('lab'), keyOf('bot')];
      const credential = (token: string) => ({ scheme: 'api-key', token }) as const;
      return {
        provider: apiKeys({ store }),
        good: () => credential(lab.key),
        expected: { id: 'lab', roles: ['importer'], isService: true },
        other: () => credential(bot.key),
        expired: () => credential(keyOf('old', { expiresAt: Date.now() / 1000 - 1 }).key),
        forged: () => credential(forge(createApiKey({ subject: 'lab' }).key, lab.id)),
        foreign: () => credential(createApiKey({ subject: 'lab', prefix: 'elsewhere' }).key),
        outage: () => void (store.isDown = true),
        recover: () => void (store.isDown = false),
        stop: () => undefined,
      };
    },
  },
  {
    framework: { describe, it },
    notApplicable: { calls: 'the identity cache lets all who ask at once share one answer' },
  },
);
