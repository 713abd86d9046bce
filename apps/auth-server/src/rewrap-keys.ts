import { SEALED_COLUMNS } from './app.module.js';
import { DataKeys } from './operation/crypto/data-keys.js';
import { openDatabase } from './operation/database/open-database.js';
import { readSettings } from './operation/settings/server-settings.js';

/**
 * Encrypts the data keys with the first key of `MASTER_KEY`, and prints which master keys are still needed. Servers
 * may run at the same time.
 *
 * @throws {SettingsError} if the keys of `MASTER_KEY` do not decrypt the data keys
 */
export async function rewrapKeys(environment: NodeJS.ProcessEnv): Promise<void> {
  const settings = readSettings(environment);
  const database = await openDatabase(settings);
  try {
    const keys = await DataKeys.open({ database, settings, columns: SEALED_COLUMNS });
    const { all, others } = await keys.count();
    console.log(
      others === 0
        ? `All ${all} data keys are encrypted with the first key of MASTER_KEY (fingerprint ${keys.masterKeyId}). You can remove the other keys.`
        : `${others} of ${all} data keys need another key than the first of MASTER_KEY (fingerprint ${keys.masterKeyId}), because a server has changed them again. Set the same MASTER_KEY on every server, and repeat the command.`,
    );
  } finally {
    await database.close();
  }
}
