import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { DestinationStream } from 'pino';
import { AppModule, SEALED_COLUMNS } from './app.module.js';
import { showsMails } from './console/dev-mail.controller.js';
import { mountAssets } from './console/assets.js';
import { requireSubjectKeys } from './events/audit/audit-subjects.js';
import { checkDeclarations, mountOAuth } from './oauth/oauth.module.js';
import { mountDocumentation } from './oauth/openapi.js';
import { Clock } from './operation/clock.js';
import { DataKeys } from './operation/crypto/data-keys.js';
import type { PlatformDatabase } from './operation/database/database.js';
import { openDatabase } from './operation/database/open-database.js';
import { refuseUnreadBody } from './operation/http/error.filter.js';
import { mountOperation, stopOnSignal } from './operation/http/http.js';
import { nestLevels } from './operation/logging/logging.js';
import {
  readSettings,
  type ServerSettings,
  SettingsError,
} from './operation/settings/server-settings.js';
import { FirstAdministratorService } from './sign-in/setup/first-administrator.service.js';

interface ServerOptions {
  readonly settings: ServerSettings;
  /** Closed with the server, and if the server cannot be created. */
  readonly database: PlatformDatabase;
  /** The clock of the machine by default. */
  readonly clock?: Clock;
  /** The destination of the log. The standard output by default. */
  readonly lines?: DestinationStream;
}

/**
 * Creates the platform, ready to listen. `main.ts` and the tests share it.
 *
 * @throws {SettingsError} if a file that the settings name cannot be read, or the keys are wrong or missing
 */
export async function createServer({
  settings,
  database,
  clock = new Clock(),
  lines,
}: ServerOptions): Promise<NestExpressApplication> {
  try {
    const keys = await DataKeys.open({ database, settings, columns: SEALED_COLUMNS });
    await requireSubjectKeys(database.db, keys.keyring);
    const app = await NestFactory.create<NestExpressApplication>(
      AppModule.on({ settings, database, keys, clock }, lines),
      {
        abortOnError: false,
        logger: nestLevels(settings),
        bufferLogs: true,
        bodyParser: false,
        ...tlsOf(settings),
      },
    );
    app.set('trust proxy', settings.trustProxy);
    app.disable('x-powered-by');
    mountOperation(app, settings);
    warnOfSharing(settings);
    mountDocumentation(app, settings);
    mountAssets(app, settings.brand);
    mountOAuth(app);
    app.useBodyParser('json', { limit: '64kb' });
    // A page of another site can post a form without a preflight request, but no JSON.
    app.use('/api', refuseUnreadBody);
    app.useBodyParser('urlencoded', { limit: '64kb', extended: false });
    app.use(refuseUnreadBody);
    return app;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function tlsOf({ tls }: ServerSettings): { httpsOptions?: { cert: Buffer; key: Buffer } } {
  if (tls === undefined) return {};
  try {
    const { certificateFile, keyFile } = tls;
    return { httpsOptions: { cert: readFileSync(certificateFile), key: readFileSync(keyFile) } };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'cannot be read';
    throw new SettingsError(`TLS_CERT_FILE or TLS_KEY_FILE: ${reason}.`, { cause });
  }
}

function warnOfSharing({ production, redisUrl }: ServerSettings): void {
  if (!production || redisUrl !== undefined) return;
  const text =
    'REDIS_URL is not set: limits and revocations are not shared. Run one instance only.';
  new Logger('Platform').warn(text);
}

/** Writes the message of the start: the address, the place of the data, and the setup link. */
async function welcome(
  app: NestExpressApplication,
  settings: ServerSettings,
  place: string,
): Promise<string> {
  const { issuer } = settings;
  const link = await app.get(FirstAdministratorService, { strict: false }).link();
  return [
    `Patronus listens on ${issuer}`,
    `Data: ${place}`,
    ...(showsMails(settings) ? [`Mails are not sent. Read them at ${issuer}/dev/mail`] : []),
    ...(link === undefined ? [] : [`Create the first administrator within one hour: ${link}`]),
    '',
  ].join('\n');
}

/** Runs the platform until SIGTERM or SIGINT, and prints its address and the first step. */
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
