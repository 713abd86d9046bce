import { eq } from 'drizzle-orm';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { type OAuthBed, PASSWORD } from '../support/oauth-bed.js';

/** The access token of an administrator who has logged in. */
export async function administratorOf(bed: OAuthBed): Promise<string> {
  const { id, email } = await bed.person();
  await bed.db.update(accounts).set({ role: 'SYSTEM_ADMIN' }).where(eq(accounts.id, id));
  const credentials = { email, password: PASSWORD };
  const { body } = await bed.platform.api('POST', '/api/v1/auth/login', credentials);
  return String(body.accessToken);
}
