import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { type ServerSettings, SettingsError } from '../settings/server-settings.js';

const NONCE = 12;
const TAG = 16;

/** The uses of the master key. Each has a derived key of its own. */
type SealingPurpose =
  | 'signing-keys'
  | 'mails'
  | 'audit-subjects'
  | 'cookies'
  | 'refresh-tokens'
  | 'login-names'
  | 'dpop-nonces'
  | 'limits';

/** Encrypts secrets at rest with AES-256-GCM. HKDF (RFC 5869) derives the keys from the master key. */
@Injectable()
export class Sealer {
  readonly #keys = new Map<SealingPurpose, Buffer>();
  readonly #masterKey: Buffer;

  /** @param masterKey 32 bytes */
  constructor(masterKey: Buffer) {
    if (masterKey.length !== 32) throw new Error('The master key must have 32 bytes.');
    this.#masterKey = masterKey;
  }

  /** Derives the key of a purpose: 32 bytes, which are the same for the same master key. */
  keyFor(purpose: SealingPurpose): Buffer {
    let key = this.#keys.get(purpose);
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', this.#masterKey, '', `patronus:${purpose}`, 32));
      this.#keys.set(purpose, key);
    }
    return key;
  }

  /** @param context the place of the text, such as the id of its row. The text opens only there */
  seal(purpose: SealingPurpose, context: string, text: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.keyFor(purpose), nonce);
    cipher.setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws if the text was sealed with another master key, purpose or context, or was changed */
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

/** Returns the master key of the environment. In development without one, the data folder stores a key. */
export function masterKeyOf(settings: ServerSettings): Buffer {
  if (settings.masterKey !== undefined) return Buffer.from(settings.masterKey, 'base64');
  const file = join(settings.dataFolder, 'master.key');
  const key = readKey(file) ?? makeKey(settings.dataFolder, file);
  if (key.length === 32) return key;
  throw new SettingsError(
    `MASTER_KEY is not set, and ${file} holds no key. Set the key that the data was encrypted with, or remove the data folder to start over.`,
  );
}

function readKey(file: string): Buffer | undefined {
  try {
    return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  } catch {
    return undefined;
  }
}

/** Writes the key file atomically. Of two processes, the first wins: a link fails if the name exists. */
function makeKey(folder: string, file: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch {
    // Another process has made one. It is read below.
  } finally {
    rmSync(draft, { force: true });
  }
  return readKey(file) ?? Buffer.alloc(0);
}

/** The prefixes by which secret scanners recognise leaked tokens. */
type TokenPrefix = 'prt' | 'pot' | 'pcs' | 'psr';

/**
 * Creates a secret of 256 bits, which only its receiver keeps: `prt_…` is a refresh token, `pot_…` the token
 * of a link, `pcs_…` a client secret, `psr_…` the result of a sign-in on a page.
 */
export function newOpaqueToken(prefix: TokenPrefix): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** Hashes a token for storage. Secrets of 256 bits need no slow hash. */
export function hashOpaqueToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
