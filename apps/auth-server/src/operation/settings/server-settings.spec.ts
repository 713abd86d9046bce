import { describe, expect, it } from '@jest/globals';
import { readSettings } from './server-settings.js';
import { SettingsError } from './server-settings.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const PRODUCTION = {
  NODE_ENV: 'production',
  ISSUER: 'https://id.example.com',
  DATABASE_URL: 'postgres://patronus:pw@db/patronus',
  MASTER_KEY: KEY,
  SMTP_URL: 'smtps://patronus:pw@mail:465',
};

function mistakesIn(environment: Record<string, string | undefined>): string[] {
  try {
    readSettings(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message.split('\n');
  }
  return [];
}

describe('readSettings', () => {
  it('has a default for everything in development', () => {
    expect(readSettings({})).toMatchObject({
      production: false,
      port: 4000,
      host: '127.0.0.1',
      issuer: 'http://localhost:4000',
      apiAudience: 'http://localhost:4000/api',
      trustProxy: false,
      corsOrigins: [],
      databaseUrl: undefined,
      tableOwner: undefined,
      migrateAtStart: true,
      pool: { max: 10, statementTimeout: 10 },
      redisUrl: undefined,
      redisPrefix: 'patronus',
      accessTokenTtl: 900,
      refreshTokenTtl: 30 * 24 * 60 * 60,
      refreshGrace: 10,
      hashing: { memoryCost: 65_536, timeCost: 3, parallelism: 1, maxQueue: 200 },
      limits: 'on',
      registration: 'token',
      metricsToken: undefined,
      logLevel: 'info',
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readSettings({ ISSUER: '', REDIS_URL: '', PORT: '' })).toMatchObject({
      issuer: 'http://localhost:4000',
      redisUrl: undefined,
    });
  });

  it.each([
    [{}, true],
    [{ NODE_ENV: 'test' }, true],
    [PRODUCTION, false],
    [{ ...PRODUCTION, MIGRATE_AT_START: 'on' }, true],
    [{ MIGRATE_AT_START: 'off' }, false],
  ])('migrates at start with %j: %s', (environment, migrates) => {
    expect(readSettings(environment).migrateAtStart).toBe(migrates);
  });

  it('takes the user of the server for the owner of the tables, unless another one is named', () => {
    const [url, owner] = ['postgres://server@db/patronus', 'postgres://owner@db/patronus'];
    const only = { url, setting: 'DATABASE_URL' };
    expect(readSettings({ DATABASE_URL: url }).tableOwner).toEqual(only);
    const both = readSettings({ DATABASE_URL: url, MIGRATION_DATABASE_URL: owner });
    expect(both.databaseUrl).toBe(url);
    expect(both.tableOwner).toEqual({ url: owner, setting: 'MIGRATION_DATABASE_URL' });
  });

  it.each([
    ['1', 1],
    ['loopback', 'loopback'],
    ['10.0.0.0/8, fd00::/8', '10.0.0.0/8, fd00::/8'],
  ])('believes the proxies that TRUST_PROXY=%s names', (value, trusted) => {
    expect(readSettings({ TRUST_PROXY: value }).trustProxy).toBe(trusted);
  });

  it('listens on all addresses in production by default', () => {
    expect(readSettings(PRODUCTION).host).toBeUndefined();
    expect(readSettings({ ...PRODUCTION, HOST: '10.0.0.1' }).host).toBe('10.0.0.1');
  });

  it.each([
    ['PORT', 'no port', 'PORT must be a number from 0 to 65535.'],
    ['PORT', '70000', 'PORT must be at most 65535.'],
    ['PORT', '1.5', 'PORT must be a whole number.'],
    [
      'ISSUER',
      'https://id.example.com/path',
      'ISSUER must be an origin, without a path or a slash at the end.',
    ],
    ['ISSUER', 'id.example.com', 'ISSUER must be an address such as https://id.example.com.'],
    ...['true', 'everybody', '10.0.0.0/33', '10.0.0.0/8/1'].map(
      (value) =>
        [
          'TRUST_PROXY',
          value,
          'TRUST_PROXY must be the number of proxies, or their networks, such as loopback, 10.0.0.0/8.',
        ] as const,
    ),
    ['REDIS_URL', 'http://redis', 'REDIS_URL must be an address such as redis://host:6379.'],
    ['REDIS_PREFIX', 'a b', 'REDIS_PREFIX must be 1 to 64 letters, digits or ._:-'],
    [
      'CORS_ORIGINS',
      'https://a.example,b.example',
      'CORS_ORIGINS.1 must be origins such as https://app.example.com, separated by commas.',
    ],
    [
      'MASTER_KEY',
      'c2hvcnQ=',
      'MASTER_KEY must be 32 bytes in base64, or several such keys separated by commas: create one with `openssl rand -base64 32`.',
    ],
    ['ACCESS_TOKEN_TTL', '1', 'ACCESS_TOKEN_TTL must be at least 30 seconds.'],
    ['ACCESS_TOKEN_TTL', 'long', 'ACCESS_TOKEN_TTL must be a number of seconds from 30 to 3600.'],
    ['REFRESH_GRACE', '61', 'REFRESH_GRACE must be at most 60 seconds.'],
    ['RATE_LIMITS', 'maybe', 'RATE_LIMITS must be on or off.'],
    ['MIGRATE_AT_START', 'yes', 'MIGRATE_AT_START must be on or off.'],
    [
      'MIGRATION_DATABASE_URL',
      'postgres://owner@db/patronus',
      'DATABASE_URL is missing: MIGRATION_DATABASE_URL needs it.',
    ],
    ['CLIENT_REGISTRATION', 'yes', 'CLIENT_REGISTRATION must be off, token or open.'],
    ['CLIENTS', '{', 'CLIENTS must be JSON.'],
    ['CLIENTS', '{}', 'CLIENTS must be a list of client metadata.'],
    ['RESOURCE_SERVERS', '{}', 'RESOURCE_SERVERS must be a list of { identifier, scopes }.'],
    ['METRICS_TOKEN', 'short', 'METRICS_TOKEN must have at least 16 characters.'],
    ['DATABASE_POOL_MAX', '0', 'DATABASE_POOL_MAX must be at least 1.'],
    ['DATABASE_POOL_MAX', 'many', 'DATABASE_POOL_MAX must be a number from 1 to 1000.'],
    ['DATABASE_STATEMENT_TIMEOUT', '0', 'DATABASE_STATEMENT_TIMEOUT must be at least 1 seconds.'],
    [
      'DATABASE_STATEMENT_TIMEOUT',
      '1.5',
      'DATABASE_STATEMENT_TIMEOUT must be a whole number of seconds.',
    ],
    ['NODE_ENV', 'prod', 'NODE_ENV must be development, test or production.'],
    [
      'BRAND_NAME',
      'a "name"',
      'BRAND_NAME must have 1 to 60 characters, without quotation marks, < and >.',
    ],
    ['BRAND_COLOR', 'teal', 'BRAND_COLOR must be a colour such as #0f766e.'],
    [
      'BRAND_COLOR',
      '#4fd1bd',
      'BRAND_COLOR must be darker: text needs a contrast of 4.5:1 to the page (#f3f6f4).',
    ],
    [
      'BRAND_LOGO_FILE',
      import.meta.filename,
      'BRAND_LOGO_FILE must be a readable .svg, .png or .webp file of up to 512 KiB.',
    ],
    [
      'BRAND_LOGO_FILE',
      '/nowhere/logo.svg',
      'BRAND_LOGO_FILE must be a readable .svg, .png or .webp file of up to 512 KiB.',
    ],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be silent, fatal, error, warn, info or debug.'],
    ['LOG_NETWORK', 'all', 'LOG_NETWORK must be network or address.'],
    ['TLS_KEY_FILE', '/key.pem', 'TLS_CERT_FILE is missing: TLS_KEY_FILE needs it.'],
    ['TLS_CERT_FILE', '/cert.pem', 'TLS_KEY_FILE is missing: TLS_CERT_FILE needs it.'],
  ])('says of %s=%s in one line what is wrong, and what to do', (name, value, line) => {
    expect(mistakesIn({ [name]: value })).toEqual([line]);
  });

  it('derives the colours of the brand, and the sender of mails', () => {
    const { brand, mailFrom } = readSettings({ BRAND_NAME: 'Norte', BRAND_COLOR: '#1d4ed8' });
    expect(brand).toMatchObject({ name: 'Norte', light: { color: '#1d4ed8', onColor: '#ffffff' } });
    expect(brand.dark.color).toMatch(/^#[\da-f]{6}$/);
    expect(mailFrom).toBe('Norte <no-reply@localhost>');
  });

  it('names every mistake at once', () => {
    const mistakes = mistakesIn({ PORT: 'x', LOG_LEVEL: 'loud', REDIS_URL: 'redis' });
    expect(mistakes.map((line) => line.split(' ')[0])).toEqual(['PORT', 'REDIS_URL', 'LOG_LEVEL']);
  });

  it.each([
    ['DATABASE_URL', 'postgres//patronus:hunter2@db/patronus'],
    ['DATABASE_URL', 'mysql://patronus:hunter2@db/patronus'],
    ['MIGRATION_DATABASE_URL', 'mysql://patronus:hunter2@db/patronus'],
    ['REDIS_URL', 'redis//:hunter2@redis'],
    ['SMTP_URL', 'imap://patronus:hunter2@mail'],
    ['MASTER_KEY', 'hunter2'],
    ['METRICS_TOKEN', 'hunter2'],
    ['CLIENTS', '[{"client_secret":"hunter2"'],
    ['CLIENTS', '["hunter2"]'],
    ['RESOURCE_SERVERS', '[{"hunter2":"hunter2"}]'],
  ])('never repeats a value of %s, which may hold a secret', (name, value) => {
    const mistakes = mistakesIn({ [name]: value });
    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes.join('\n')).toContain(name);
    expect(mistakes.join('\n')).not.toContain('hunter2');
  });

  it('takes what production needs', () => {
    expect(readSettings(PRODUCTION)).toMatchObject({ production: true, limits: 'on' });
  });

  it.each([
    ['ISSUER', undefined, /^ISSUER is missing: NODE_ENV=production needs it, such as https:/],
    ['ISSUER', 'http://id.example.com', /^ISSUER must be https in production\.$/],
    ['DATABASE_URL', undefined, /^DATABASE_URL is missing: .*the embedded database is for develop/],
    ['MASTER_KEY', undefined, /^MASTER_KEY is missing: .*openssl rand -base64 32/],
    ['SMTP_URL', undefined, /^SMTP_URL is missing: /],
    ['RATE_LIMITS', 'off', /^RATE_LIMITS must be on in production\.$/],
    ...[
      '0.0.0.0/0',
      '::/0',
      '10.0.0.0/8, 0.0.0.0/1, 128.0.0.0/1',
      '::ffff:0:0/96',
      '::ffff:0.0.0.0/97',
      '2000::/3',
    ].map(
      (value) =>
        [
          'TRUST_PROXY',
          value,
          /^TRUST_PROXY trusts addresses of the internet.* such as 1, /,
        ] as const,
    ),
    ['PORT', '0', /^PORT must not be 0 in production\.$/],
  ])('refuses production where %s is %s', (name, value, line) => {
    const mistakes = mistakesIn({ ...PRODUCTION, [name]: value });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(line);
  });
});
