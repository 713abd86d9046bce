import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const NONCE = 12;
const TAG = 16;

/** A key that encrypts texts. */
export interface SealingKey {
  /** Part of every text that the key encrypts. It must not contain a dot. */
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

/**
 * The place of an encrypted text: a label, and the ids of its row, which the application makes. Neither ever
 * changes, because a text can be decrypted only at its place.
 */
export type Place = readonly [label: string, ...ids: string[]];

/**
 * Encrypts secrets at rest with AES-256-GCM. An encrypted text is `v1.<key id>.<nonce, tag and ciphertext>`. The
 * place is its additional data, so a text that is copied to another row or column cannot be decrypted there.
 * Nonces are random: a key may encrypt up to 2^32 texts (NIST SP 800-38D, section 8.3).
 */
export const sealedText = {
  seal(key: SealingKey, place: Place, text: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce);
    cipher.setAAD(additionalData(place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const payload = Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    return `${VERSION}.${key.id}.${payload}`;
  },

  /** @throws {Error} if the text was encrypted with another key or for another place, or was changed */
  open(key: SealingKey, place: Place, sealed: string): string {
    const { keyId, payload } = partsOf(sealed);
    if (keyId !== key.id) throw new Error('The text is encrypted with another key.');
    return decrypt(key.bytes, additionalData(place), payload);
  },

  /**
   * Returns the id of the key that a text is encrypted with. Undefined if it has the format of version 0.1, which
   * has no key id.
   *
   * @throws {Error} if the text has the format of a later version
   */
  keyIdOf(sealed: string): string | undefined {
    return sealed.includes('.') ? partsOf(sealed).keyId : undefined;
  },
};

/** Decrypts the nonce, the tag and the ciphertext, in base64url. @throws {Error} if they do not match */
export function decrypt(key: Buffer, additional: Buffer, payload: string): string {
  const bytes = Buffer.from(payload, 'base64url');
  const nonce = bytes.subarray(0, NONCE);
  const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  cipher.setAAD(additional);
  cipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  const text = Buffer.concat([cipher.update(bytes.subarray(NONCE + TAG)), cipher.final()]);
  return text.toString('utf8');
}

/** Encodes a place. JSON keeps its parts apart, so two places never have the same form. */
function additionalData(place: Place): Buffer {
  return Buffer.from(JSON.stringify(place));
}

function partsOf(sealed: string): { readonly keyId: string; readonly payload: string } {
  const [version, keyId = '', payload = '', ...rest] = sealed.split('.');
  if (version === VERSION && rest.length === 0) return { keyId, payload };
  throw new Error('The encrypted text has an unknown format.');
}
