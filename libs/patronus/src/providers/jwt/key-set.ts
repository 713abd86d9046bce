import { createPublicKey } from 'node:crypto';
import type { JwksClient } from 'jwks-rsa';
import { acceptableKey, type PublicJwk } from './acceptable-key.js';
import { fetchJson } from '../../remote/fetch-json.js';
import { isJsonObject, member } from '../../identity/json-object.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';
import { algorithmsOf, type VerificationKey } from './verification-key.js';

type SigningKey = Awaited<ReturnType<JwksClient['getSigningKeys']>>[number];

/** The usable keys that an issuer published at one moment. */
export class KeySet {
  private constructor(
    private readonly byKid: ReadonlyMap<string, VerificationKey>,
    private readonly withoutKid: readonly VerificationKey[],
  ) {}

  static readonly EMPTY = new KeySet(new Map(), []);

  /** As {@link read}, of what lies at `uri`. @throws where it cannot be fetched, or is no JWK Set */
  static async fetch(uri: string, allowed: readonly SignatureAlgorithm[]): Promise<KeySet> {
    return KeySet.read(await fetchJson(uri), uri, allowed);
  }

  /**
   * Reads a JWK Set (RFC 7517, section 5). One bad key drops that key only; two different keys
   * under one `kid` drop both. A set without any usable key is an answer too: an empty one.
   *
   * @param from where the set is from, for operators
   * @throws where it is no JWK Set
   */
  static async read(
    set: unknown,
    from: string,
    allowed: readonly SignatureAlgorithm[],
  ): Promise<KeySet> {
    const keys = keysOf(set, from);
    // Loaded late: it requires jose, which Jest refuses while an ES module is importing jose itself.
    const { JwksClient, JwksError } = await import('jwks-rsa');
    const client = new JwksClient({
      jwksUri: from,
      cache: false,
      rateLimit: false,
      fetcher: () => Promise.resolve({ keys }),
    });
    try {
      return KeySet.of(await client.getSigningKeys(), allowed);
    } catch (error) {
      if (error instanceof JwksError) return KeySet.EMPTY;
      throw error;
    }
  }

  private static of(published: readonly SigningKey[], allowed: readonly SignatureAlgorithm[]) {
    const byKid = new Map<string, VerificationKey>();
    const withoutKid: VerificationKey[] = [];
    for (const signingKey of published.filter(isUnambiguous)) {
      const key = createPublicKey(signingKey.getPublicKey());
      const algorithms = algorithmsOf(key, signingKey.alg, allowed);
      if (algorithms.length === 0) continue;
      if (signingKey.kid === undefined) withoutKid.push({ key, algorithms });
      else byKid.set(signingKey.kid, { key, algorithms });
    }
    return new KeySet(byKid, withoutKid);
  }

  get size(): number {
    return this.byKid.size + this.withoutKid.length;
  }

  /** The `kid`s of this set that the other one does not have. */
  kidsBeyond(other: KeySet): readonly string[] {
    return [...this.byKid.keys()].filter((kid) => !other.byKid.has(kid));
  }

  /** The key of that `kid`; for a token without one, the only key there is. */
  find(kid: string | undefined): VerificationKey | undefined {
    if (kid !== undefined) return this.byKid.get(kid);
    if (this.size !== 1) return undefined;
    return this.withoutKid[0] ?? this.byKid.values().next().value;
  }
}

function keysOf(set: unknown, from: string): readonly PublicJwk[] {
  const keys = isJsonObject(set) ? member(set, 'keys') : undefined;
  if (!Array.isArray(keys)) throw new Error(`${from} is not a JWK Set`);
  return keys.map(acceptableKey).filter((key) => key !== undefined);
}

function isSame(one: SigningKey, other: SigningKey): boolean {
  return one.alg === other.alg && one.getPublicKey() === other.getPublicKey();
}

function isUnambiguous(key: SigningKey, _index: number, all: readonly SigningKey[]): boolean {
  if (key.kid === undefined) return true;
  return all.every((other) => other.kid !== key.kid || isSame(key, other));
}
