import type { ApiKeyRecord } from './api-key.record.js';
import { ApiKeyStore } from './api-key.store.js';

/** Keeps API keys in the memory of this process: for tests, and for a few keys created at start. */
export class InMemoryApiKeyStore extends ApiKeyStore {
  readonly #records = new Map<string, ApiKeyRecord>();

  /** Stores a record, and replaces the one of the same id. */
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
