import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

const NONCE = 12;
const TAG = 16;

/** What the master key is used for. Each use has a key of its own. */
export type SealingPurpose =
  | 'signing-keys'
  | 'mails'
  | 'cookies'
  | 'refresh-tokens'
  | 'login-names'
  | 'dpop-nonces'
  | 'limits';

/** Keeps secrets at rest: AES-256-GCM under keys that HKDF (RFC 5869) derives from the master key. */
@Injectable()
export class Sealer {
  readonly #keys = new Map<SealingPurpose, Buffer>();
  readonly #masterKey: Buffer;

  /** @param masterKey 32 bytes */
  constructor(masterKey: Buffer) {
    if (masterKey.length !== 32) throw new Error('The master key must have 32 bytes.');
    this.#masterKey = masterKey;
  }

  /** A key of 32 bytes for one purpose: the same for the same master key. */
  keyFor(purpose: SealingPurpose): Buffer {
    let key = this.#keys.get(purpose);
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', this.#masterKey, '', `patronus:${purpose}`, 32));
      this.#keys.set(purpose, key);
    }
    return key;
  }

  /** @param context what the text belongs to, such as the id of its row: it opens nowhere else */
  seal(purpose: SealingPurpose, context: string, text: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.keyFor(purpose), nonce);
    cipher.setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws where it was sealed under another master key, for something else, or was changed */
  open(purpose: SealingPurpose, context: string, sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const nonce = bytes.subarray(0, NONCE);
    const options = { authTagLength: TAG };
    const cipher = createDecipheriv('aes-256-gcm', this.keyFor(purpose), nonce, options);
    cipher.setAAD(Buffer.from(context));
    cipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    const text = Buffer.concat([cipher.update(bytes.subarray(NONCE + TAG)), cipher.final()]);
    return text.toString('utf8');
  }
}
