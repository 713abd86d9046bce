import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../apps/sample/src/settings/clinic-settings.js';

const SAMPLE = fileURLToPath(new URL('../../apps/sample', import.meta.url));
const DATABASE_URL = 'postgres://clinic@db.example.com/clinic';

describe('readSettings', () => {
  it('is the demo on port 3000 of this machine, unless told', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      trusted: undefined,
      storage: { kind: 'embedded', folder: join(SAMPLE, '.data') },
    });
  });

  it('takes the port and the host', () => {
    expect(readSettings({ PORT: '8080', HOST: '0.0.0.0' })).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
    });
  });

  it('listens everywhere in production, and believes the given issuer', () => {
    const environment = {
      NODE_ENV: 'production',
      OIDC_ISSUER: 'https://id.example.com',
      OIDC_AUDIENCE: 'clinic-api',
      DATABASE_URL,
    };
    expect(readSettings(environment)).toEqual({
      port: 3000,
      host: undefined,
      trusted: { issuer: 'https://id.example.com', audience: 'clinic-api' },
      storage: { kind: 'postgres', url: DATABASE_URL },
    });
  });

  it.each(['abc', '-1', '65536', '80.5', '0x50', ' ', '', '3000 '])('refuses port "%s"', (port) => {
    expect(() => readSettings({ PORT: port })).toThrow(
      `PORT must be a whole number from 0 to 65535, and is "${port}".`,
    );
  });

  it.each([
    [{}, 'OIDC_ISSUER'],
    [{ OIDC_AUDIENCE: 'clinic-api', OIDC_ISSUER: '' }, 'OIDC_ISSUER'],
    [{ OIDC_ISSUER: 'https://id.example.com' }, 'OIDC_AUDIENCE'],
  ])('with %j names the variable that production misses', (environment, name) => {
    expect(() => readSettings({ NODE_ENV: 'production', ...environment })).toThrow(
      `${name} is missing: NODE_ENV=production needs it.`,
    );
  });

  it('keeps the data where it is told to', () => {
    const folder = (PATRONUS_SAMPLE_DATA: string) => readSettings({ PATRONUS_SAMPLE_DATA }).storage;
    expect(folder('/var/lib/clinic')).toEqual({ kind: 'embedded', folder: '/var/lib/clinic' });
    expect(folder('mine')).toEqual({ kind: 'embedded', folder: resolve('mine') });
    expect(folder('')).toEqual({ kind: 'embedded', folder: join(SAMPLE, '.data') });
  });

  it.each([DATABASE_URL, 'postgresql://clinic:p%40ss@[::1]:5433/clinic?sslmode=require'])(
    'keeps the data in the PostgreSQL at %s',
    (url) => {
      const environment = { DATABASE_URL: url, PATRONUS_SAMPLE_DATA: '/tmp' };
      expect(readSettings(environment).storage).toEqual({ kind: 'postgres', url });
    },
  );

  it.each([
    's3cr3t',
    'mysql://clinic:s3cr3t@db.example.com/clinic',
    'postgres://clinic:s3cr3t@db.example.com',
    'postgres://clinic:s3cr3t@db.example.com/',
    'postgres:///clinic?password=s3cr3t',
    'clinic:s3cr3t@db.example.com/clinic',
  ])('refuses the database at %s, and does not repeat it', (url) => {
    expect(() => readSettings({ DATABASE_URL: url })).toThrow(
      /^DATABASE_URL must be an address such as postgres:\/\/user:password@host:5432\/database\.$/,
    );
  });

  it.each([undefined, ''])('refuses production with the embedded database, for %j', (url) => {
    const environment = { OIDC_ISSUER: 'https://id.example.com', OIDC_AUDIENCE: 'clinic-api' };
    expect(() =>
      readSettings({ ...environment, NODE_ENV: 'production', DATABASE_URL: url }),
    ).toThrow('DATABASE_URL is missing: NODE_ENV=production needs it;');
  });
});
