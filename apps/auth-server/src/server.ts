import { readFileSync } from 'node:fs';
import { ConsoleLogger, Logger } from '@nestjs/common';
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
import { INSTANCE, printProcessLine, VERSION } from './operation/logging/process-log.js';
import {
  readSettings,
  type ServerSettings,
  SettingsError,
} from './operation/settings/server-settings.js';
import { unreadVariables } from './operation/settings/unread-variables.js';
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
        // Lines until the platform has its own log.
        logger: new ConsoleLogger({
          json: settings.production,
          logLevels: nestLevels(settings),
        }),
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

/** Prints the lines of the start: the addresses, the place of the data, and how to create an administrator. */
async function welcome(
  app: NestExpressApplication,
  settings: ServerSettings,
  place: string,
): Promise<void> {
  const { issuer, production } = settings;
  const link = await app.get(FirstAdministratorService, { strict: false }).link();
  const address = addressOf(app);
  const facts = { production, address, issuer, version: VERSION, data: place };
  printProcessLine('info', `Patronus listens on ${issuer}`, facts);
  if (production) {
    // Whoever reads the log must not become the administrator.
    const text = 'There is no administrator: `node dist/main.js setup-link` prints the link.';
    if (link !== undefined) printProcessLine('warn', text, { production });
    return;
  }
  const lines = [
    `Version ${VERSION}, instance ${INSTANCE}, at ${address}`,
    `Data: ${place}`,
    ...(showsMails(settings) ? [`Mails are not sent. Read them at ${issuer}/dev/mail`] : []),
    ...(link === undefined ? [] : [`Create the first administrator within one hour: ${link}`]),
    '',
  ];
  console.log(lines.join('\n'));
}

function addressOf(app: NestExpressApplication): string {
  const address: unknown = app.getHttpServer().address();
  if (typeof address !== 'object' || address === null) return String(address);
  const { address: host, port }: { address?: unknown; port?: unknown } = address;
  return `${String(host).includes(':') ? `[${String(host)}]` : String(host)}:${String(port)}`;
}

/** Runs the platform until SIGTERM or SIGINT, and prints its address and the first step. */
export async function startServer(environment: NodeJS.ProcessEnv): Promise<void> {
  const settings = readSettings(environment);
  checkDeclarations(settings);
  const database = await openDatabase(settings);
  const app = await createServer({ settings, database });
  for (const line of unreadVariables(environment)) new Logger('Platform').warn(line);
  stopOnSignal(app, settings);
  try {
    await listen(app, settings);
    await welcome(app, settings, database.place);
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
