import type { ApiKeyRecord } from './api-key.record.js';

/**
 * Store of the application's API keys. An abstract class: the type and the injection token in one.
 *
 * @example
 * class SqlApiKeyStore extends ApiKeyStore {
 *   find(id: string) {
 *     return this.db.apiKeys.findOneBy({ id });
 *   }
 * }
 */
export abstract class ApiKeyStore {
  /**
   * Returns the record of that id, or null or undefined. Called once for each key and caching time.
   */
  abstract find(id: string): Promise<ApiKeyRecord | null | undefined>;
}
