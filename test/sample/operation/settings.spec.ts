import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../apps/sample/src/settings/clinic-settings.js';
import { SignInSettings } from '../../../apps/sample/src/settings/sign-in-settings.js';

const SAMPLE = fileURLToPath(new URL('../../../apps/sample', import.meta.url));
const DATABASE_URL = 'postgres://clinic@db.example.com/clinic';

describe('readSettings', () => {
  it('is the demo on port 3000 of this machine by default', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      entrance: undefined,
      storage: { kind: 'embedded', folder: join(SAMPLE, '.data') },
    });
  });

  it('takes the port and the host', () => {
    expect(readSettings({ PORT: '8080', HOST: '0.0.0.0' })).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
    });
  });

  it('listens on all addresses in production, and trusts the configured issuer', () => {
    const environment = {
      NODE_ENV: 'production',
      OIDC_ISSUER: 'https://id.example.com',
      OIDC_AUDIENCE: 'clinic-api',
      DATABASE_URL,
    };
    expect(readSettings(environment)).toEqual({
      port: 3000,
      host: undefined,
      entrance: {
        trusted: { issuer: 'https://id.example.com', audience: 'clinic-api' },
        membersFrom: 'token',
        signIn: undefined,
      },
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

  describe('the entrance', () => {
    const trusted = { issuer: 'https://id.example.com', audience: 'https://clinic.example.com' };
    const issuer = { OIDC_ISSUER: trusted.issuer, OIDC_AUDIENCE: trusted.audience };
    const production = { NODE_ENV: 'production', DATABASE_URL, ...issuer };
    const table = { MEMBERS_FROM: 'table', OIDC_CLIENT_ID: 'sample' };

    it('is that of the issuer if one is configured, without a sign-in', () => {
      expect(readSettings(issuer).entrance).toEqual({
        trusted,
        membersFrom: 'token',
        signIn: undefined,
      });
    });

    it('lets people sign in as soon as the clinic is a client, and enrols in development', () => {
      expect(readSettings({ ...issuer, ...table, PORT: '3100' }).entrance).toEqual({
        trusted,
        membersFrom: 'table',
        signIn: new SignInSettings(trusted, 'sample', undefined, 'http://localhost:3100', true),
      });
    });

    it('enrols no one in production, or if the membership is in the token', () => {
      const PUBLIC_URL = 'https://clinic.example.com';
      const enrols = (environment: Record<string, string>) =>
        readSettings({ ...issuer, OIDC_CLIENT_ID: 'sample', PUBLIC_URL, ...environment }).entrance
          ?.signIn?.enrols;
      expect(enrols({ ...production, MEMBERS_FROM: 'table' })).toBe(false);
      expect(enrols({ MEMBERS_FROM: 'token' })).toBe(false);
      expect(enrols({ MEMBERS_FROM: 'table' })).toBe(true);
    });

    it('has cookies that no other host can set, where it is https', () => {
      const named = (url: string) => new SignInSettings(trusted, 'sample', undefined, url, false);
      expect(named('https://clinic.example.com').sessionCookie).toBe('__Host-clinic_session');
      expect(named('https://clinic.example.com').attemptCookie).toBe('__Host-clinic_sign_in');
      expect(named('http://localhost:3000').sessionCookie).toBe('clinic_session');
    });

    it.each([
      [{ OIDC_ISSUER: trusted.issuer }, 'OIDC_AUDIENCE is missing: OIDC_ISSUER needs it.'],
      [{ OIDC_AUDIENCE: trusted.audience }, 'OIDC_ISSUER is missing: OIDC_AUDIENCE needs it.'],
      [{ OIDC_CLIENT_ID: 'sample' }, 'OIDC_ISSUER is missing: OIDC_CLIENT_ID needs it.'],
      [{ MEMBERS_FROM: 'table' }, 'OIDC_ISSUER is missing: MEMBERS_FROM needs it.'],
      [{ ...issuer, MEMBERS_FROM: 'nowhere' }, 'MEMBERS_FROM must be token or table.'],
      [
        { ...production, OIDC_CLIENT_ID: 'sample' },
        'PUBLIC_URL is missing: sign-in under NODE_ENV=production needs it.',
      ],
    ])('is refused for %j', (environment, message) => {
      expect(() => readSettings(environment)).toThrow(message);
    });

    it.each([
      'clinic.example.com',
      'http://clinic.example.com',
      'https://clinic.example.com/',
      'https://clinic.example.com/app',
      'ftp://localhost',
    ])('does not take %s for the address of the clinic', (PUBLIC_URL) => {
      expect(() => readSettings({ ...issuer, ...table, PUBLIC_URL })).toThrow(
        'PUBLIC_URL must be an origin such as https://clinic.example.com',
      );
    });
  });

  it('keeps the data in the configured place', () => {
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
