import type { JwksClient } from 'jwks-rsa';
import { isJsonObject, member } from '../../identity/json-object.js';
import { acceptableKey, type PublicJwk } from './acceptable-key.js';
import { KeySet } from './key-set.js';
import type { KeySource } from './key-source.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

interface LoadedClient {
  readonly client: JwksClient;
  readonly isEmpty: (error: unknown) => boolean;
}

/**
 * Fetches, parses and selects the keys of one issuer with one `JwksClient` of jwks-rsa, which lives
 * as long as the issuer. Its cache and its rate limit are off: {@link SigningKeys} decides when to
 * fetch, and keeps the keys ready to verify.
 */
export class KeyClient {
  #loading: Promise<LoadedClient> | undefined;

  constructor(
    private readonly source: KeySource,
    private readonly algorithms: readonly SignatureAlgorithm[],
  ) {}

  /**
   * Returns the usable keys that the issuer publishes now. A set without any is a valid answer.
   *
   * @throws {Error} if the set cannot be fetched, or is not a JWK Set (RFC 7517, section 5)
   */
  async read(): Promise<KeySet> {
    const { client, isEmpty } = await this.#loaded();
    try {
      return KeySet.of(await client.getSigningKeys(), this.algorithms);
    } catch (error) {
      if (isEmpty(error)) return KeySet.EMPTY;
      this.source.forget();
      throw error;
    }
  }

  /** Returns the client, which is loaded once. A failure to load is not cached. */
  #loaded(): Promise<LoadedClient> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /**
   * Loads jwks-rsa on demand: it requires jose, which Jest refuses while an ES module imports jose
   * itself.
   */
  async #load(): Promise<LoadedClient> {
    const { JwksClient, JwksError } = await import('jwks-rsa');
    const client = new JwksClient({
      cache: false,
      rateLimit: false,
      fetcher: () => this.#fetch(),
    });
    return { client, isEmpty: (error) => error instanceof JwksError };
  }

  /** Leaves out each key that may not verify, regardless of its treatment by jwks-rsa. */
  async #fetch(): Promise<{ readonly keys: readonly PublicJwk[] }> {
    const { document, from } = await this.source.read();
    const keys = isJsonObject(document) ? member(document, 'keys') : undefined;
    if (!Array.isArray(keys)) throw new Error(`${from} is not a JWK Set`);
    return { keys: keys.map(acceptableKey).filter((key) => key !== undefined) };
  }
}
