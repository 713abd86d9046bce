import { createPublicKey } from 'node:crypto';
import type { JwksClient } from 'jwks-rsa';
import type { SignatureAlgorithm } from './signature-algorithm.js';
import { algorithmsOf, type VerificationKey } from './verification-key.js';

type SigningKey = Awaited<ReturnType<JwksClient['getSigningKeys']>>[number];

/** Usable keys that an issuer published at one moment, each parsed once. */
export class KeySet {
  private constructor(
    private readonly byKid: ReadonlyMap<string, VerificationKey>,
    private readonly withoutKid: readonly VerificationKey[],
  ) {}

  static readonly EMPTY = new KeySet(new Map(), []);

  /**
   * Makes a set of the keys that jwks-rsa selected. A key that cannot verify is dropped by itself.
   * Two different keys under one `kid` are both dropped.
   */
  static of(published: readonly SigningKey[], allowed: readonly SignatureAlgorithm[]): KeySet {
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

  /** Returns the `kid`s of this set that the other one does not have. */
  kidsBeyond(other: KeySet): readonly string[] {
    return [...this.byKid.keys()].filter((kid) => !other.byKid.has(kid));
  }

  /** Returns the key of that `kid`. For a token without one, returns the only key of the set. */
  find(kid: string | undefined): VerificationKey | undefined {
    if (kid !== undefined) return this.byKid.get(kid);
    if (this.size !== 1) return undefined;
    return this.withoutKid[0] ?? this.byKid.values().next().value;
  }
}

function isSame(one: SigningKey, other: SigningKey): boolean {
  return one.alg === other.alg && one.getPublicKey() === other.getPublicKey();
}

function isUnambiguous(key: SigningKey, _index: number, all: readonly SigningKey[]): boolean {
  if (key.kid === undefined) return true;
  return all.every((other) => other.kid !== key.kid || isSame(key, other));
}
