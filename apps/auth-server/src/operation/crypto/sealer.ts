import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { type ServerSettings, SettingsError } from '../settings/server-settings.js';

const NONCE = 12;
const TAG = 16;

/** What the master key is used for. Each use has a key of its own. */
type SealingPurpose =
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

/** The key of the environment; in development, where there is none, one that the data folder keeps. */
export function masterKeyOf(settings: ServerSettings): Buffer {
  if (settings.masterKey !== undefined) return Buffer.from(settings.masterKey, 'base64');
  const file = join(settings.dataFolder, 'master.key');
  const key = readKey(file) ?? makeKey(settings.dataFolder, file);
  if (key.length === 32) return key;
  throw new SettingsError(
    `MASTER_KEY is not set, and ${file} holds no key: give the one that the data was sealed with, or remove the data folder to begin anew.`,
  );
}

function readKey(file: string): Buffer | undefined {
  try {
    return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  } catch {
    return undefined;
  }
}

/** Whole or not at all, and the first of two wins: a link fails where the name is taken. */
function makeKey(folder: string, file: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch {
    // Another process made one meanwhile: it is read below.
  } finally {
    rmSync(draft, { force: true });
  }
  return readKey(file) ?? Buffer.alloc(0);
}

/** What a leaked token is recognised by, for scanners of secrets. */
type TokenPrefix = 'prt' | 'pot' | 'pcs' | 'psr';

/**
 * Makes a secret of 256 bits that its receiver alone keeps: `prt_…` is a refresh token, `pot_…` the token of
 * a link, `pcs_…` a client secret, `psr_…` the result of a sign-in on a page.
 */
export function newOpaqueToken(prefix: TokenPrefix): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What is kept of it. Secrets of that length need no slow hash. */
export function hashOpaqueToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
