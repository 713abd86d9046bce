import { createHmac } from 'node:crypto';
import type { DataKey, EarlierText, MasterKeys } from './master-keys.js';
import { type Place, sealedText } from './sealed-text.js';

/** Purposes whose keys encrypt texts. */
export const SEALING_PURPOSES = ['signing-keys', 'mails', 'audit-subjects'] as const;
/** Purposes whose keys make blind indexes. */
export const INDEX_PURPOSES = ['login-names', 'limits', 'one-time-codes'] as const;
/** Purposes whose keys are used by other code. */
export const SECRET_PURPOSES = ['cookies', 'refresh-tokens', 'dpop-nonces'] as const;

export type SealingPurpose = (typeof SEALING_PURPOSES)[number];
export type IndexPurpose = (typeof INDEX_PURPOSES)[number];
export type SecretPurpose = (typeof SECRET_PURPOSES)[number];

/** Every purpose. The names are stored and are part of encrypted texts, so they never change. */
export const KEY_PURPOSES: readonly string[] = [
  ...SEALING_PURPOSES,
  ...INDEX_PURPOSES,
  ...SECRET_PURPOSES,
];

/** The data keys in the memory of this process. A change of the master key does not change them. */
export class Keyring {
  readonly #byId: ReadonlyMap<string, DataKey>;
  readonly #inUse: ReadonlyMap<string, DataKey>;

  /**
   * @param keys oldest first. The last one of a purpose is in use
   * @param masters decrypt texts of version 0.1
   */
  constructor(
    keys: readonly DataKey[],
    private readonly masters?: MasterKeys,
  ) {
    this.#byId = new Map(keys.map((key) => [key.id, key]));
    this.#inUse = new Map(keys.map((key) => [key.purpose, key]));
  }

  /** Returns the key of a purpose, which is the same on every instance. Never log or store it. */
  keyFor(purpose: SecretPurpose): Buffer {
    return this.#keyInUse(purpose).bytes;
  }

  /**
   * Makes an index function. It hashes a value with HMAC-SHA-256, so that rows can be found by a value that the
   * database does not reveal.
   *
   * @param canonical returns the same form for every spelling of a value. It never changes, because rows keep the
   * index of the form
   */
  blindIndex(purpose: IndexPurpose, canonical: (value: string) => string): BlindIndex {
    const { bytes } = this.#keyInUse(purpose);
    return (value) => createHmac('sha256', bytes).update(canonical(value)).digest('base64url');
  }

  /** @param context the id of the row of the text. The text can be decrypted only there */
  seal(purpose: SealingPurpose, context: string, text: string): string {
    return sealedText.seal(this.#keyInUse(purpose), placeOf(purpose, context), text);
  }

  /** @throws {Error} if the text was encrypted for another purpose or row, or was changed, or its key is missing */
  open(purpose: SealingPurpose, context: string, sealed: string): string {
    const id = sealedText.keyIdOf(sealed);
    if (id === undefined) return this.#openEarlier({ purpose, context, sealed });
    const key = this.#byId.get(id);
    if (key?.purpose !== purpose) throw new Error(`There is no data key ${id} of ${purpose}.`);
    return sealedText.open(key, placeOf(purpose, context), sealed);
  }

  /** Tells if there is the data key with which a purpose encrypted texts. */
  has(purpose: SealingPurpose, keyId: string): boolean {
    return this.#byId.get(keyId)?.purpose === purpose;
  }

  #openEarlier(text: EarlierText): string {
    if (this.masters === undefined) throw new Error('The text has no key id.');
    return this.masters.openEarlier(text);
  }

  #keyInUse(purpose: string): DataKey {
    const key = this.#inUse.get(purpose);
    if (key === undefined) throw new Error(`There is no data key of ${purpose}.`);
    return key;
  }
}

/** Returns the index of a value: the same for all of its spellings. */
export type BlindIndex = (value: string) => string;

function placeOf(purpose: SealingPurpose, context: string): Place {
  return [`patronus:${purpose}`, context];
}
