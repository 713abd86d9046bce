import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { isLegible, isLogoFile } from './brand.js';

const seconds = (smallest: number, largest: number, standard: number) =>
  z.coerce
    .number({ error: `must be a number of seconds from ${smallest} to ${largest}.` })
    .int({ error: 'must be a whole number of seconds.' })
    .min(smallest, { error: `must be at least ${smallest} seconds.` })
    .max(largest, { error: `must be at most ${largest} seconds.` })
    .default(standard);

const whole = (smallest: number, largest: number, standard: number) =>
  z.coerce
    .number({ error: `must be a number from ${smallest} to ${largest}.` })
    .int({ error: 'must be a whole number.' })
    .min(smallest, { error: `must be at least ${smallest}.` })
    .max(largest, { error: `must be at most ${largest}.` })
    .default(standard);

const urlOf = (protocols: readonly string[], example: string) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be an address such as ${example}.`,
    abort: true,
  });

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON.' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const DAY = 24 * 60 * 60;

/** The days for which the audit log can be kept. A migration makes its partitions. */
const AUDIT_RETENTIONS = [7, 30, 90, 365, 2555] as const;

export const RESOURCE_SERVER = z.strictObject(
  {
    identifier: z
      .url({ error: 'must be an absolute URI (RFC 8707, section 2).' })
      .regex(/^[\x21-\x7e]{1,2000}$/, { error: 'must be an absolute URI in ASCII.' }),
    scopes: z.array(
      z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: 'must be a scope.' }),
      {
        error: 'must be a list of scopes.',
      },
    ),
    accessTokenTtl: z.number().int().min(30).max(DAY).optional(),
  },
  { error: 'must have identifier and scopes, optionally accessTokenTtl, and no other members.' },
);

/** Keys of 32 bytes in base64, separated by commas: `openssl rand -base64 32`. */
const MASTER_KEY = z
  .string()
  .transform((text) => text.split(',').map((key) => key.trim()))
  .refine((keys) => keys.every((key) => Buffer.from(key, 'base64').length === 32), {
    error:
      'must be 32 bytes in base64, or several such keys separated by commas: create one with `openssl rand -base64 32`.',
  });

const POSTGRES = urlOf(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database');

/** The part that names the database. */
const DATABASE = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'], {
      error: 'must be development, test or production.',
    })
    .default('development'),
  DATABASE_URL: POSTGRES.optional(),
  MIGRATION_DATABASE_URL: POSTGRES.optional(),
  PATRONUS_SERVER_DATA: z.string().optional(),
};

/** The configuration of commands that only need the database. */
export const DATABASE_ENVIRONMENT = z
  .object(DATABASE)
  .superRefine(({ NODE_ENV, DATABASE_URL, MIGRATION_DATABASE_URL }, context) => {
    if (NODE_ENV !== 'production' || (DATABASE_URL ?? MIGRATION_DATABASE_URL) !== undefined) return;
    const message = 'is missing: NODE_ENV=production needs it, or DATABASE_URL.';
    context.addIssue({ code: 'custom', path: ['MIGRATION_DATABASE_URL'], message });
  });

/** The whole configuration with its defaults. */
export const ENVIRONMENT = z
  .object({
    ...DATABASE,
    PORT: whole(0, 65_535, 4000),
    HOST: z.string().optional(),
    ISSUER: urlOf(['http:', 'https:'], 'https://id.example.com')
      .refine((text) => new URL(text).origin === text, {
        error: 'must be an origin, without a path or a slash at the end.',
      })
      .optional(),
    TLS_CERT_FILE: z.string().optional(),
    TLS_KEY_FILE: z.string().optional(),
    TRUST_PROXY: z
      .string()
      .refine(isProxyTrust, {
        error: 'must be the number of proxies, or their networks, such as loopback, 10.0.0.0/8.',
      })
      .transform((text): number | string | false => (/^\d+$/.test(text) ? Number(text) : text))
      .default(false),
    CORS_ORIGINS: z
      .string()
      .transform((text) => text.split(',').map((origin) => origin.trim()))
      .pipe(
        z.array(
          z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
            error: 'must be origins such as https://app.example.com, separated by commas.',
          }),
        ),
      )
      .default([]),
    DATABASE_POOL_MAX: whole(1, 1000, 10),
    DATABASE_STATEMENT_TIMEOUT: seconds(1, 300, 10),
    MIGRATE_AT_START: z.enum(['on', 'off'], { error: 'must be on or off.' }).optional(),
    REDIS_URL: urlOf(['redis:', 'rediss:'], 'redis://host:6379').optional(),
    REDIS_PREFIX: z
      .string()
      .regex(/^[\w.:-]{1,64}$/, { error: 'must be 1 to 64 letters, digits or ._:-' })
      .default('patronus'),
    MASTER_KEY: MASTER_KEY.optional(),
    SMTP_URL: urlOf(['smtp:', 'smtps:'], 'smtps://user:password@host:465').optional(),
    MAIL_FROM: z.string().optional(),
    BRAND_NAME: z
      .string()
      .trim()
      .regex(/^[^\p{C}"<>\\]{1,60}$/u, {
        error: 'must have 1 to 60 characters, without quotation marks, < and >.',
      })
      .default('Patronus'),
    BRAND_LOGO_FILE: z
      .string()
      .refine(isLogoFile, {
        error: 'must be a readable .svg, .png or .webp file of up to 512 KiB.',
      })
      .optional(),
    BRAND_COLOR: z
      .string()
      .regex(/^#[\da-f]{6}$/i, { error: 'must be a colour such as #0f766e.', abort: true })
      .refine(isLegible, {
        error: 'must be darker: text needs a contrast of 4.5:1 to the page (#f3f6f4).',
      })
      .default('#0f766e'),
    ACCESS_TOKEN_TTL: seconds(30, 3600, 900),
    REFRESH_TOKEN_TTL: seconds(60, 400 * DAY, 30 * DAY),
    REFRESH_GRACE: seconds(0, 60, 10),
    SESSION_TTL: seconds(60, 400 * DAY, 30 * DAY),
    KEY_ROTATION_DAYS: whole(1, 3650, 90),
    ANONYMISE_AFTER_DAYS: whole(0, 3650, 30),
    AUDIT_RETENTION_DAYS: z.coerce
      .number()
      .pipe(z.literal(AUDIT_RETENTIONS, { error: 'must be 7, 30, 90, 365 or 2555.' }))
      .default(7),
    HASH_MEMORY: whole(8, 262_144, 65_536),
    HASH_TIME: whole(1, 16, 3),
    HASH_PARALLELISM: whole(1, 16, 1),
    HASH_QUEUE: whole(1, 100_000, 200),
    EVENT_STREAMS: whole(1, 100_000, 2000),
    SHUTDOWN_DELAY: seconds(0, 60, 0),
    RATE_LIMITS: z.enum(['on', 'off'], { error: 'must be on or off.' }).default('on'),
    CLIENT_REGISTRATION: z
      .enum(['off', 'token', 'open'], { error: 'must be off, token or open.' })
      .default('token'),
    CLIENTS: json(
      z.array(z.record(z.string(), z.unknown()), { error: 'must be a list of client metadata.' }),
    ).default([]),
    RESOURCE_SERVERS: json(
      z.array(RESOURCE_SERVER, { error: 'must be a list of { identifier, scopes }.' }),
    ).default([]),
    METRICS_TOKEN: z.string().min(16, { error: 'must have at least 16 characters.' }).optional(),
    LOG_LEVEL: z
      .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug'], {
        error: 'must be silent, fatal, error, warn, info or debug.',
      })
      .default('info'),
    LOG_NETWORK: z
      .enum(['network', 'address'], { error: 'must be network or address.' })
      .default('network'),
  })
  .superRefine((environment, context) => {
    const demand = (name: keyof typeof environment, message: string) => {
      if (environment[name] === undefined) {
        context.addIssue({ code: 'custom', path: [name], message });
      }
    };
    if ((environment.TLS_CERT_FILE === undefined) !== (environment.TLS_KEY_FILE === undefined)) {
      demand('TLS_CERT_FILE', 'is missing: TLS_KEY_FILE needs it.');
      demand('TLS_KEY_FILE', 'is missing: TLS_CERT_FILE needs it.');
    }
    if (environment.HASH_MEMORY < 8 * environment.HASH_PARALLELISM) {
      const message = 'must be at least 8 times HASH_PARALLELISM.';
      context.addIssue({ code: 'custom', path: ['HASH_MEMORY'], message });
    }
    if (environment.MIGRATION_DATABASE_URL !== undefined) {
      demand('DATABASE_URL', 'is missing: MIGRATION_DATABASE_URL needs it.');
    }
    if (environment.NODE_ENV !== 'production') return;
    const why = 'is missing: NODE_ENV=production needs it';
    demand('ISSUER', `${why}, such as https://id.example.com.`);
    demand('DATABASE_URL', `${why}; the embedded database is for development.`);
    demand('MASTER_KEY', `${why}: create it with \`openssl rand -base64 32\`.`);
    demand('SMTP_URL', `${why}, such as smtps://user:password@host:465.`);
    if (environment.ISSUER?.startsWith('http:') === true) {
      context.addIssue({
        code: 'custom',
        path: ['ISSUER'],
        message: 'must be https in production.',
      });
    }
    if (environment.PORT === 0) {
      context.addIssue({ code: 'custom', path: ['PORT'], message: 'must not be 0 in production.' });
    }
    if (trustsEverybody(environment.TRUST_PROXY)) {
      const message =
        'trusts addresses of the internet, so that callers could choose their own. Set the number of proxies, such as 1, or their networks, such as 10.0.0.0/8.';
      context.addIssue({ code: 'custom', path: ['TRUST_PROXY'], message });
    }
    if (environment.RATE_LIMITS === 'off') {
      const message = 'must be on in production.';
      context.addIssue({ code: 'custom', path: ['RATE_LIMITS'], message });
    }
  });

/** Accepts the values of Express's `trust proxy`, except `true`, which trusts every caller. */
function isProxyTrust(text: string): boolean {
  if (/^\d{1,2}$/.test(text)) return true;
  return text.split(',').every((part) => {
    const [address = '', bits, ...more] = part.trim().split('/');
    if (bits === undefined && /^(?:loopback|linklocal|uniquelocal)$/.test(address)) return true;
    const most = isIP(address) === 6 ? 128 : 32;
    const hasBits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
    return isIP(address) !== 0 && hasBits && more.length === 0;
  });
}

/** The shortest prefixes of private networks: 10.0.0.0/8 and fc00::/7. */
const MIN_PREFIX = { 4: 8, 6: 7 } as const;
/** IPv4 addresses in the notation of IPv6. */
const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

/** Tells if a list of proxies has a network that is larger than any private one. */
function trustsEverybody(trust: number | string | false): boolean {
  if (typeof trust !== 'string') return false;
  return trust.split(',').some((part) => {
    const [address = '', bits] = part.trim().split('/');
    if (bits === undefined) return false;
    if (isIP(address) === 4) return Number(bits) < MIN_PREFIX[4];
    const isMapped = MAPPED.check(address, 'ipv6');
    return Number(bits) < (isMapped ? 96 + MIN_PREFIX[4] : MIN_PREFIX[6]);
  });
}

export type ParsedEnvironment = z.output<typeof ENVIRONMENT>;
