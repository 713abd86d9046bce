import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ENVIRONMENT } from '../../../apps/auth-server/src/operation/settings/environment.schema.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { COMPOSE_FILE, composeConfig } from '../support/compose-config.js';

const ROOT = dirname(COMPOSE_FILE);
const EXAMPLE = readFileSync(join(ROOT, 'apps/auth-server/.env.example'), 'utf8');
const VARIABLES = [...EXAMPLE.matchAll(/^#([A-Z_]+)=/gm)].map(([, name = '']) => name);

const REQUIRED = {
  ISSUER: 'https://id.example.com',
  MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
  SMTP_URL: 'smtps://user:password@mail.example.com:465',
  MAIL_FROM: 'Patronus <no-reply@example.com>',
  POSTGRES_PASSWORD: 'owner',
  SERVER_PASSWORD: 'server',
  REDIS_PASSWORD: 'redis',
};

/** The variables that the server must not get from the file, with the reason. */
const KEPT_AWAY = {
  NODE_ENV: 'compose.yaml is for production',
  MIGRATION_DATABASE_URL: 'the owner of the tables is for `migrate` only',
  TLS_CERT_FILE: 'the proxy terminates TLS',
  TLS_KEY_FILE: 'the proxy terminates TLS',
  PATRONUS_SERVER_DATA: 'there is no embedded database',
};

const environmentOf = (service: string, variables: Record<string, string> = {}) =>
  composeConfig({ ...REQUIRED, ...variables }).services[service]?.environment ?? {};

describe('compose.yaml', () => {
  it('is the only one, at the root', () => {
    expect(existsSync(COMPOSE_FILE)).toBe(true);
    expect(globSync('{apps,libs}/*/*compose*.y*ml', { cwd: ROOT })).toEqual([]);
  });

  it.each(VARIABLES.filter((name) => !(name in KEPT_AWAY)))('passes %s to the server', (name) => {
    expect(environmentOf('server', { [name]: 'a value' })[name]).toBe('a value');
  });

  it('passes no other variable of the platform, and the owner of the tables to `migrate` only', () => {
    const given = Object.fromEntries(Object.keys(KEPT_AWAY).map((name) => [name, 'a value']));
    const server = environmentOf('server', given);
    expect(Object.values(server)).not.toContain('a value');
    expect(environmentOf('migrate', given)['MIGRATION_DATABASE_URL']).toBe('a value');
    const { UV_THREADPOOL_SIZE: threads, ...settings } = server;
    expect(threads).toBe('4');
    for (const name of Object.keys(settings)) expect(ENVIRONMENT.shape).toHaveProperty(name);
  });

  it('starts the server with what it needs, and defaults otherwise', () => {
    const server = environmentOf('server');
    const settings = readSettings(server);
    expect(settings).toMatchObject({
      production: true,
      trustProxy: 1,
      databaseUrl: 'postgres://patronus_login:server@database:5432/patronus',
      redisUrl: 'redis://:redis@redis:6379',
    });
    const { NODE_ENV, ISSUER, DATABASE_URL, REDIS_URL, MASTER_KEY, SMTP_URL, MAIL_FROM } = server;
    const needed = { NODE_ENV, ISSUER, DATABASE_URL, REDIS_URL, MASTER_KEY, SMTP_URL, MAIL_FROM };
    expect(settings).toEqual(readSettings({ ...needed, TRUST_PROXY: '1' }));
  });

  it.each(Object.keys(REQUIRED))('does not start without %s', (name) => {
    expect(() => composeConfig({ ...REQUIRED, [name]: '' })).toThrow(`${name} is missing`);
  });

  it('mounts files that exist, preloads statistics, and leads the proxy to the server', () => {
    const { services } = composeConfig({ ...REQUIRED, PORT: '4100' });
    const mounted = Object.values(services).flatMap(({ volumes }) => volumes);
    const files = mounted.filter((volume) => volume.startsWith('./'));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(existsSync(join(ROOT, file.split(':')[0]!))).toBe(true);
    expect(services['database']?.command).toContain('shared_preload_libraries=pg_stat_statements');
    expect(services['proxy']?.environment['PLATFORM']).toBe('server:4100');
  });

  it('gives nginx each variable of its template', () => {
    const template = readFileSync(join(ROOT, 'apps/auth-server/proxy/nginx.conf.template'), 'utf8');
    const named = new Set([...template.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name));
    const { NGINX_ENVSUBST_FILTER: filter = '', ...given } = environmentOf('proxy');
    // The image sets this one itself.
    const names = [...Object.keys(given), 'NGINX_LOCAL_RESOLVERS'];
    const replaced = names.filter((name) => new RegExp(filter).test(name));
    expect(replaced.toSorted()).toEqual([...named].toSorted());
  });
});
