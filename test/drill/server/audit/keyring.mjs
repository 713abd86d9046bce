import { Keyring } from '../../../../apps/auth-server/dist/operation/crypto/keyring.js';

/** The data keys of a database, which a drill never changes. */
export async function keyringOf(database, masterKeys) {
  const columns = 'id, purpose, wrapped, master_key_id as "masterKeyId"';
  const rows = await database.query(`select ${columns} from data_keys`, []);
  return new Keyring(rows.map((row) => masterKeys.unwrap(row)));
}
