import type { ApiKeyRecord } from './api-key.record.js';

/**
 * Where the application keeps its API keys. An abstract class: the type and the injection token in
 * one.
 *
 * @example
 * class SqlApiKeyStore extends ApiKeyStore {
 *   find(id: string) {
 *     return this.db.apiKeys.findOneBy({ id });
 *   }
 * }
 */
export abstract class ApiKeyStore {
  /** The record of that id, or nothing. Asked once for each key and caching time. */
  abstract find(id: string): Promise<ApiKeyRecord | null | undefined>;
}
