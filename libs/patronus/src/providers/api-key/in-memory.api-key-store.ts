import type { ApiKeyRecord } from './api-key.record.js';
import { ApiKeyStore } from './api-key.store.js';

/** API keys in the memory of this process: for tests, and for a few keys made at start. */
export class InMemoryApiKeyStore extends ApiKeyStore {
  readonly #records = new Map<string, ApiKeyRecord>();

  /** Keeps a record, in place of the one of the same id. */
  put(record: ApiKeyRecord): void {
    this.#records.set(record.id, record);
  }

  remove(id: string): void {
    this.#records.delete(id);
  }

  override async find(id: string): Promise<ApiKeyRecord | undefined> {
    return this.#records.get(id);
  }
}
