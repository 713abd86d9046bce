import { hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServerSettings, SettingsError } from '../settings/server-settings.js';
import type { DataKeyRow } from './data-keys.table.js';
import { decrypt, type Place, sealedText, type SealingKey } from './sealed-text.js';

const LENGTH = 32;
const FINGERPRINT_LENGTH = 9;

/** A decrypted data key. */
export interface DataKey extends SealingKey {
  readonly purpose: string;
}

/** The columns of a data key that depend on the master key. */
type Wrapping = Pick<DataKeyRow, 'wrapped' | 'masterKeyId'>;

/** A text in the format of version 0.1, encrypted with a key that was derived from the master key. */
export interface EarlierText {
  readonly purpose: string;
  readonly context: string;
  readonly sealed: string;
}

/** A key of `MASTER_KEY`. It encrypts data keys and nothing else. */
export class MasterKey {
  /** The fingerprint, which reveals nothing about the key. */
  readonly id: string;
  readonly #bytes: Buffer;
  readonly #wrapping: SealingKey;

  /** @param bytes 32 bytes */
  constructor(bytes: Buffer) {
    if (bytes.length !== LENGTH) throw new Error('A master key must have 32 bytes.');
    this.#bytes = bytes;
    this.id = this.#derive('master-key-id', FINGERPRINT_LENGTH).toString('base64url');
    this.#wrapping = { id: this.id, bytes: this.#derive('data-keys', LENGTH) };
  }

  wrap(dataKey: DataKey): Wrapping {
    const text = dataKey.bytes.toString('base64url');
    return {
      wrapped: sealedText.seal(this.#wrapping, placeOf(dataKey), text),
      masterKeyId: this.id,
    };
  }

  /** @throws {SettingsError} if the row was changed */
  unwrap({ id, purpose, wrapped }: DataKeyRow): DataKey {
    return { id, purpose, bytes: opened(this.#wrapping, placeOf({ id, purpose }), wrapped) };
  }

  /** Returns the key of a purpose in version 0.1, which had no data keys. */
  earlierKey(purpose: string): Buffer {
    return this.#derive(purpose, LENGTH);
  }

  /** @throws {Error} if the text was encrypted with another master key, or was changed */
  openEarlier({ purpose, context, sealed }: EarlierText): string {
    return decrypt(this.earlierKey(purpose), Buffer.from(context), sealed);
  }

  /** Derives a key with HKDF (RFC 5869). Keys of different purposes reveal nothing about each other. */
  #derive(purpose: string, length: number): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#bytes, '', `patronus:${purpose}`, length));
  }
}

/** The keys of `MASTER_KEY`. The first encrypts data keys, all of them decrypt. */
export class MasterKeys {
  readonly #byId: ReadonlyMap<string, MasterKey>;

  constructor(
    readonly first: MasterKey,
    others: readonly MasterKey[] = [],
  ) {
    this.#byId = new Map([first, ...others].map((key) => [key.id, key]));
  }

  get all(): readonly MasterKey[] {
    return [...this.#byId.values()];
  }

  /** @throws {SettingsError} if the data key is encrypted with another master key, or was changed */
  unwrap(row: DataKeyRow): DataKey {
    const key = this.#byId.get(row.masterKeyId);
    if (key !== undefined) return key.unwrap(row);
    throw new SettingsError(
      `MASTER_KEY does not decrypt the data keys: they need the master key with the fingerprint ${row.masterKeyId}. Set that key, or append it after a comma.`,
    );
  }

  /** @throws {Error} if no key decrypts the text */
  openEarlier(text: EarlierText): string {
    for (const key of this.all) {
      try {
        return key.openEarlier(text);
      } catch {
        // Another key may decrypt it.
      }
    }
    throw new Error('No master key decrypts the text.');
  }
}

function placeOf({ id, purpose }: Pick<DataKeyRow, 'id' | 'purpose'>): Place {
  return ['patronus:data-key', id, purpose];
}

function opened(key: SealingKey, place: Place, wrapped: string): Buffer {
  const [, id] = place;
  let bytes = Buffer.alloc(0);
  try {
    bytes = Buffer.from(sealedText.open(key, place, wrapped), 'base64url');
  } catch {
    // Reported below.
  }
  if (bytes.length === LENGTH) return bytes;
  throw new SettingsError(
    `MASTER_KEY does not decrypt the data key ${id}, although it is the right key: the row in data_keys was changed. Restore it from a backup.`,
  );
}

/**
 * Reads the master keys of the environment. In development without them, the data folder stores a key, which is
 * made for a new database.
 *
 * @throws {SettingsError} if there is no key for a database in use
 */
export function readMasterKeys(
  settings: ServerSettings,
  database: { readonly isNew: boolean },
): MasterKeys {
  const keys = settings.masterKeys.map((key) => new MasterKey(Buffer.from(key, 'base64')));
  const [first, ...others] = keys;
  if (first !== undefined) return new MasterKeys(first, others);
  const file = join(settings.dataFolder, 'master.key');
  const key = readKey(file) ?? (database.isNew ? makeKey(settings.dataFolder, file) : undefined);
  if (key?.length === LENGTH) return new MasterKeys(new MasterKey(key));
  throw new SettingsError(
    `MASTER_KEY is not set, and ${file} holds no key. Set the key that the data was encrypted with, or start over with an empty database.`,
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
function makeKey(folder: string, file: string): Buffer | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(LENGTH).toString('base64'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch {
    // Another process has made one. It is read below.
  } finally {
    rmSync(draft, { force: true });
  }
  return readKey(file);
}
