import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { createClinic, LOG_LEVELS } from './create-clinic.js';
import { type ClinicSettings, readSettings } from './settings/clinic-settings.js';
import { SettingsError } from './settings/read-setting.js';
import { openStorage } from './storage/open-storage.js';
import { DemoIssuer } from './demo/demo-issuer.js';
import { DEMO_USERS } from './demo/demo-user.js';

/** Writes the message of the start: the address, the location of the data, and commands to try. */
async function welcome(
  app: INestApplication,
  settings: ClinicSettings,
  place: string,
): Promise<string> {
  const { port } = new URL(await app.getUrl());
  const url = `http://localhost:${port}`;
  const token = settings.entrance ? undefined : await receptionistToken(app);
  return [
    `The clinic listens on ${url}`,
    `Data: ${place}`,
    '',
    `  curl ${url}/health`,
    ...(token === undefined ? [] : [`  curl -H "Authorization: Bearer ${token}" ${url}/patients`]),
    `  curl -i ${url}/patients`,
    '',
  ].join('\n');
}

async function receptionistToken(app: INestApplication): Promise<string | undefined> {
  const receptionist = DEMO_USERS.find(({ user }) => user === 'receptionist');
  return receptionist && app.get(DemoIssuer, { strict: false }).mint(receptionist);
}

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

/** Returns the code of a system error, such as EEXIST. Undefined for other errors. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
