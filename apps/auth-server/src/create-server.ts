import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { DestinationStream } from 'pino';
import { AppModule } from './app.module.js';
import { Clock } from './clock/clock.js';
import type { PlatformDatabase } from './database/platform-database.js';
import { mountDocumentation } from './documentation/mount-documentation.js';
import { mountOperation } from './http/mount-operation.js';
import { nestLevels } from './logging/nest-levels.js';
import { mountOAuth } from './oauth/mount-oauth.js';
import { mountAssets } from './pages/assets.js';
import { masterKeyOf } from './sealing/master-key.js';
import { Sealer } from './sealing/sealer.js';
import type { ServerSettings } from './settings/server-settings.js';
import { SettingsError } from './settings/settings.error.js';

export interface ServerOptions {
  readonly settings: ServerSettings;
  /** It is closed with the server, and where the server cannot be made. */
  readonly database: PlatformDatabase;
  /** The machine's, unless told. */
  readonly clock?: Clock;
  /** Where the lines of the log go: the standard output, unless told. */
  readonly lines?: DestinationStream;
}

/**
 * The platform, ready to listen: the one way that it is made, by `main.ts` and by the tests.
 *
 * @throws {SettingsError} where a file that the settings name cannot be read
 */
export async function createServer({
  settings,
  database,
  clock = new Clock(),
  lines,
}: ServerOptions): Promise<NestExpressApplication> {
  try {
    const sealer = new Sealer(masterKeyOf(settings));
    const app = await NestFactory.create<NestExpressApplication>(
      AppModule.on({ settings, database, sealer, clock }, lines),
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
    mountAssets(app);
    mountOAuth(app);
    app.useBodyParser('json', { limit: '64kb' });
    app.useBodyParser('urlencoded', { limit: '64kb', extended: false });
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
    "REDIS_URL is not set: limits and revocations are this process's alone. Run one only.";
  new Logger('Platform').warn(text);
}
