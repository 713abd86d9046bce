import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../apps/sample/src/settings/clinic-settings.js';

describe('readSettings', () => {
  it('is the demo on port 3000 of this machine, unless told', () => {
    expect(readSettings({})).toEqual({ port: 3000, host: '127.0.0.1', trusted: undefined });
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
    };
    expect(readSettings(environment)).toEqual({
      port: 3000,
      host: undefined,
      trusted: { issuer: 'https://id.example.com', audience: 'clinic-api' },
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
});
