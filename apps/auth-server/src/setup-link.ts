import { openDatabase } from './operation/database/open-database.js';
import { readSettings } from './operation/settings/server-settings.js';
import { createServer } from './server.js';
import { FirstAdministratorService } from './sign-in/setup/first-administrator.service.js';

/** Prints the link with which the first administrator is created. Servers may run at the same time. */
export async function printSetupLink(environment: NodeJS.ProcessEnv): Promise<void> {
  // The output is the link alone.
  const settings = readSettings({ ...environment, LOG_LEVEL: 'silent' });
  const app = await createServer({ settings, database: await openDatabase(settings) });
  try {
    const link = await app.get(FirstAdministratorService, { strict: false }).link();
    console.log(link ?? 'There is an administrator.');
  } finally {
    await app.close();
  }
}
