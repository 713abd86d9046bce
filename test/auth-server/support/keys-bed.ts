import { SEALED_COLUMNS } from '../../../apps/auth-server/src/app.module.js';
import { mails } from '../../../apps/auth-server/src/notifications/mails.table.js';
import { DataKeys } from '../../../apps/auth-server/src/operation/crypto/data-keys.js';
import { dataKeys } from '../../../apps/auth-server/src/operation/crypto/data-keys.table.js';
import type { Keyring } from '../../../apps/auth-server/src/operation/crypto/keyring.js';
import type { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { signingKeys } from '../../../apps/auth-server/src/sessions/keys/signing-keys.table.js';
import { platformStorage, type PlatformStorage, type StorageName } from './platform-storage.js';

/** A master key whose bytes all have one value. */
export const masterKey = (byte: number): Buffer => Buffer.alloc(32, byte);

/** The value of `MASTER_KEY` with such keys. */
export const masterKeys = (...bytes: readonly number[]): string =>
  bytes.map((byte) => masterKey(byte).toString('base64')).join(',');

/** The database of a platform without the server: its data keys, and the texts that they encrypt. */
export class KeysBed {
  private constructor(
    readonly storage: PlatformStorage,
    readonly database: PlatformDatabase,
  ) {}

  static async start(name: StorageName): Promise<KeysBed> {
    const storage = await platformStorage(name);
    return new KeysBed(storage, await storage.open(readSettings({ ...storage.environment })));
  }

  /** Opens the data keys as a server does when it starts. */
  open(MASTER_KEY = ''): Promise<DataKeys> {
    return DataKeys.open({
      database: this.database,
      settings: readSettings({ ...this.storage.environment, MASTER_KEY }),
      columns: SEALED_COLUMNS,
    });
  }

  /** Every row that a start may write. */
  async rows() {
    const { db } = this.database;
    return {
      keys: await db.select().from(dataKeys).orderBy(dataKeys.id),
      signingKeys: await db.select().from(signingKeys).orderBy(signingKeys.kid),
      mails: await db.select().from(mails).orderBy(mails.id),
    };
  }

  async putMails(...sealed: readonly { readonly id: string; readonly sealed: string }[]) {
    const createdAt = new Date(0);
    await this.database.db.insert(mails).values(sealed.map((row) => ({ ...row, createdAt })));
  }

  async putSigningKey(kid: string, sealedPrivateJwk: string): Promise<void> {
    const at = new Date(0);
    const times = { createdAt: at, signsFrom: at, signsUntil: at, publishedUntil: at };
    const row = { kid, algorithm: 'ES256' as const, publicJwk: { kty: 'EC' }, sealedPrivateJwk };
    await this.database.db.insert(signingKeys).values({ ...row, ...times });
  }

  async clear(): Promise<void> {
    const { db } = this.database;
    await db.delete(dataKeys);
    await db.delete(signingKeys);
    await db.delete(mails);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.storage.clear();
  }
}

const PURPOSES = ['cookies', 'refresh-tokens', 'dpop-nonces'] as const;

/** The values that depend on the data keys: they differ if one key does. */
export function valuesOf(keyring: Keyring): readonly string[] {
  return [
    ...PURPOSES.map((purpose) => keyring.keyFor(purpose).toString('hex')),
    keyring.blindIndex('login-names', (name) => name)('ana'),
    keyring.blindIndex('limits', (name) => name)('ana'),
  ];
}
