import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { createClinic, LOG_LEVELS } from './create-clinic.js';
import { type ClinicSettings, readSettings } from './settings/clinic-settings.js';
import { SettingsError } from './settings/settings.error.js';
import { codeOf } from './settings/system-error.js';
import { openStorage } from './storage/open-storage.js';
import { welcome } from './welcome.js';

/** Runs the clinic until SIGTERM or SIGINT, and prints its address and commands to try. */
export async function startClinic(environment: NodeJS.ProcessEnv): Promise<void> {
  const settings = readSettings(environment);
  const storage = await openStorage(settings.storage);
  const { entrance } = settings;
  const app = await createClinic({ storage, entrance });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  try {
    await listen(app, settings);
    console.log(await welcome(app, settings, storage.place));
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function listen(app: INestApplication, { port, host }: ClinicSettings): Promise<void> {
  await app.init();
  // Without this, Nest would also log the failure to listen in its own words.
  app.useLogger(false);
  try {
    await (host === undefined ? app.listen(port) : app.listen(port, host));
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    throw new SettingsError(`Port ${port} is in use: choose another one with PORT.`);
  }
  app.useLogger(new ConsoleLogger({ logLevels: LOG_LEVELS }));
}
