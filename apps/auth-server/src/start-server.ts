import type { NestExpressApplication } from '@nestjs/platform-express';
import { createServer } from './create-server.js';
import { openDatabase } from './database/open-database.js';
import { stopOnSignal } from './http/stop-on-signal.js';
import { checkDeclarations } from './oauth/check-declarations.js';
import { readSettings, type ServerSettings } from './settings/server-settings.js';
import { SettingsError } from './settings/settings.error.js';
import { welcome } from './welcome.js';

/** Runs the platform until SIGTERM or SIGINT, and says where it listens and what to do first. */
export async function startServer(environment: NodeJS.ProcessEnv): Promise<void> {
  const settings = readSettings(environment);
  checkDeclarations(settings);
  const database = await openDatabase(settings);
  const app = await createServer({ settings, database });
  stopOnSignal(app);
  try {
    await listen(app, settings);
    console.log(await welcome(app, settings, database.place));
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function listen(app: NestExpressApplication, { port, host }: ServerSettings): Promise<void> {
  await app.init();
  try {
    await (host === undefined ? app.listen(port) : app.listen(port, host));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new SettingsError(`PORT ${port} is in use: choose another one.`, { cause: error });
  }
}
