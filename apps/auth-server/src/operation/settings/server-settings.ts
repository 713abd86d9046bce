import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z, ZodError } from 'zod';
import { type Brand, brandOf } from './brand.js';
import { DATABASE_ENVIRONMENT, ENVIRONMENT, type ParsedEnvironment } from './environment.schema.js';

/** Mistakes in the environment. Each line names a variable and the remedy. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const FOLDER = fileURLToPath(new URL('../../../.data', import.meta.url));
const DAY = 24 * 60 * 60;

/** The user who owns the tables: its address, and the variable that names it. */
export interface TableOwner {
  readonly url: string;
  readonly setting: 'DATABASE_URL' | 'MIGRATION_DATABASE_URL';
}

/** The settings of commands that only need the database. */
export interface DatabaseSettings {
  /** Undefined for the embedded database. */
  readonly tableOwner: TableOwner | undefined;
  /** The folder of the embedded database and of the development keys. */
  readonly dataFolder: string;
}

/** The settings of this process, checked once at start. Durations are in seconds. */
export class ServerSettings implements DatabaseSettings {
  readonly production: boolean;
  readonly port: number;
  /** The address to listen on. All addresses if undefined. */
  readonly host: string | undefined;
  /** The origin of the platform and the `iss` of its tokens, without a trailing slash. */
  readonly issuer: string;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  /** The proxies to trust, in the format of Express. */
  readonly trustProxy: number | string | false;
  readonly corsOrigins: readonly string[];

  /** The address of the server's own user. The embedded database if undefined. */
  readonly databaseUrl: string | undefined;
  readonly tableOwner: TableOwner | undefined;
  readonly pool: {
    /** The most connections of this process to PostgreSQL, apart from the one that leads. */
    readonly max: number;
    /** Seconds after which PostgreSQL cancels a statement. */
    readonly statementTimeout: number;
  };
  /** False if the tables are migrated by a command of its own, before the server starts. */
  readonly migrateAtStart: boolean;
  readonly dataFolder: string;
  readonly redisUrl: string | undefined;
  /** The prefix of keys and channels in Redis. Applications that share revocations use the same one. */
  readonly redisPrefix: string;
  /** The master keys. The first encrypts. If there is none in development, a key is created in the data folder. */
  readonly masterKeys: readonly string[];

  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly brand: Brand;

  readonly accessTokenTtl: number;
  readonly refreshTokenTtl: number;
  /** The time in which a repeated refresh returns the same token. */
  readonly refreshGrace: number;
  readonly sessionTtl: number;
  readonly keyRotation: number;
  readonly anonymiseAfter: number;
  /** The days that events of the audit log are kept. */
  readonly auditRetention: ParsedEnvironment['AUDIT_RETENTION_DAYS'];

  readonly hashing: {
    /** In KiB. */
    readonly memoryCost: number;
    readonly timeCost: number;
    readonly parallelism: number;
    readonly maxQueue: number;
  };
  /** The most event streams of this process. */
  readonly eventStreams: number;
  /** The time for which a server that was told to stop still accepts connections, in seconds. */
  readonly shutdownDelay: number;
  readonly limits: 'on' | 'off';
  readonly registration: 'off' | 'token' | 'open';
  /** The metadata of declared clients (RFC 7591, section 2). */
  readonly clients: readonly Readonly<Record<string, unknown>>[];
  readonly resourceServers: ParsedEnvironment['RESOURCE_SERVERS'];
  /** The bearer token for `/metrics`. If undefined, they are open in development and absent in production. */
  readonly metricsToken: string | undefined;
  readonly logLevel: ParsedEnvironment['LOG_LEVEL'];
  /** The part of a caller's address that the log contains. */
  readonly loggedNetwork: ParsedEnvironment['LOG_NETWORK'];

  constructor(environment: ParsedEnvironment) {
    const production = environment.NODE_ENV === 'production';
    const port = environment.PORT;
    this.production = production;
    this.port = port;
    this.host = environment.HOST ?? (production ? undefined : '127.0.0.1');
    this.issuer = environment.ISSUER ?? `http://localhost:${port}`;
    const { TLS_CERT_FILE: certificateFile, TLS_KEY_FILE: keyFile } = environment;
    this.tls =
      certificateFile === undefined || keyFile === undefined
        ? undefined
        : { certificateFile, keyFile };
    this.trustProxy = environment.TRUST_PROXY;
    this.corsOrigins = environment.CORS_ORIGINS;
    this.databaseUrl = environment.DATABASE_URL;
    const { tableOwner, dataFolder } = databaseSettings(environment);
    this.tableOwner = tableOwner;
    this.pool = {
      max: environment.DATABASE_POOL_MAX,
      statementTimeout: environment.DATABASE_STATEMENT_TIMEOUT,
    };
    this.migrateAtStart = (environment.MIGRATE_AT_START ?? (production ? 'off' : 'on')) === 'on';
    this.dataFolder = dataFolder;
    this.redisUrl = environment.REDIS_URL;
    this.redisPrefix = environment.REDIS_PREFIX;
    this.masterKeys = environment.MASTER_KEY ?? [];
    this.smtpUrl = environment.SMTP_URL;
    const { BRAND_NAME: name, BRAND_COLOR: color, BRAND_LOGO_FILE: logo } = environment;
    this.brand = brandOf(name, color, logo === undefined ? undefined : resolve(logo));
    this.mailFrom = environment.MAIL_FROM ?? `${name} <no-reply@localhost>`;
    this.accessTokenTtl = environment.ACCESS_TOKEN_TTL;
    this.refreshTokenTtl = environment.REFRESH_TOKEN_TTL;
    this.refreshGrace = environment.REFRESH_GRACE;
    this.sessionTtl = environment.SESSION_TTL;
    this.keyRotation = environment.KEY_ROTATION_DAYS * DAY;
    this.anonymiseAfter = environment.ANONYMISE_AFTER_DAYS * DAY;
    this.auditRetention = environment.AUDIT_RETENTION_DAYS;
    this.hashing = {
      memoryCost: environment.HASH_MEMORY,
      timeCost: environment.HASH_TIME,
      parallelism: environment.HASH_PARALLELISM,
      maxQueue: environment.HASH_QUEUE,
    };
    this.eventStreams = environment.EVENT_STREAMS;
    this.shutdownDelay = environment.SHUTDOWN_DELAY;
    this.limits = environment.RATE_LIMITS;
    this.registration = environment.CLIENT_REGISTRATION;
    this.clients = environment.CLIENTS;
    this.resourceServers = environment.RESOURCE_SERVERS;
    this.metricsToken = environment.METRICS_TOKEN;
    this.logLevel = environment.LOG_LEVEL;
    this.loggedNetwork = environment.LOG_NETWORK;
  }

  /** The audience of the platform's own API. */
  get apiAudience(): string {
    return `${this.issuer}/api`;
  }
}

/** @throws {SettingsError} with a line for each mistake, without values: they may be secret */
export function readSettings(environment: NodeJS.ProcessEnv): ServerSettings {
  return new ServerSettings(parse(ENVIRONMENT, environment));
}

/**
 * Reads the settings of a command that only needs the database.
 *
 * @throws {SettingsError} with a line for each mistake, without values: they may be secret
 */
export function readDatabaseSettings(environment: NodeJS.ProcessEnv): DatabaseSettings {
  return databaseSettings(parse(DATABASE_ENVIRONMENT, environment));
}

function databaseSettings(environment: z.output<typeof DATABASE_ENVIRONMENT>): DatabaseSettings {
  const { DATABASE_URL: own, MIGRATION_DATABASE_URL: owner } = environment;
  const dataFolder = resolve(environment.PATRONUS_SERVER_DATA ?? FOLDER);
  if (owner !== undefined) {
    return { tableOwner: { url: owner, setting: 'MIGRATION_DATABASE_URL' }, dataFolder };
  }
  if (own === undefined) return { tableOwner: undefined, dataFolder };
  return { tableOwner: { url: own, setting: 'DATABASE_URL' }, dataFolder };
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const { success, data, error } = schema.safeParse(Object.fromEntries(given));
  if (!success) throw new SettingsError(describe(error));
  return data;
}

function describe(error: ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.map(String).join('.')} ${message}`)
    .join('\n');
}
