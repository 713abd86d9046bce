import { describe, expect, it } from '@jest/globals';
import { checkCredentialOptions, type CredentialOptions } from './credential.options.js';

function check(options: unknown): void {
  const given: CredentialOptions = Object.assign({}, options);
  checkCredentialOptions(given);
}

describe('the option credentials', () => {
  it.each([
    {},
    { cookie: undefined },
    { cookie: { name: '__Host-session' } },
    { cookie: { name: "!#$%&'*+-.^_`|~09azAZ" } },
    { cookie: { name: 's', trustedOrigins: ['https://app.example', 'https://app.example:8443'] } },
    { cookie: { name: 's', trustedOrigins: ['http://localhost:3000', 'http://[::1]'] } },
  ])('takes %j', (options) => {
    expect(() => check(options)).not.toThrow();
  });

  it('may be left out', () => {
    expect(() => checkCredentialOptions(undefined)).not.toThrow();
  });

  it.each(['', 'a b', 'a=b', 'a;b', 'a,b', '"a"', 'a\u00e9', 'a\n', 'a(b)', undefined, 1])(
    'refuses the cookie name %j',
    (name) => {
      expect(() => check({ cookie: { name } })).toThrow(
        expect.objectContaining({ path: 'credentials.cookie.name' }),
      );
    },
  );

  it.each([
    'null',
    '*',
    'app.example',
    'http://app.example',
    'https://app.example/',
    'https://app.example/x',
    'https://app.example:443',
    'https://APP.example',
    'https://u@app.example',
    'https://*.example',
    'ftp://app.example',
  ])('refuses the origin %j', (origin) => {
    const trustedOrigins = ['https://app.example', origin];
    expect(() => check({ cookie: { name: 's', trustedOrigins } })).toThrow(
      expect.objectContaining({ path: 'credentials.cookie.trustedOrigins[1]' }),
    );
  });

  it.each<[string, unknown]>([
    ['credentials.cookies', { cookies: {} }],
    ['credentials.header', { header: 'x access' }],
    ['credentials.header', { header: '' }],
    ['credentials.header', { header: ['x-access-token'] }],
    ['credentials.header', { header: 'Authorization' }],
    ['credentials.header', { header: 'x-api-key' }],
    ['credentials.header', { header: 'Cookie' }],
    ['credentials.header', { header: 'dpop' }],
    ['credentials.query', { query: '' }],
    ['credentials.query', { query: 'a b' }],
    ['credentials.query', { query: '%61' }],
    ['credentials.query', { query: true }],
    ['credentials.cookie', { cookie: null }],
    ['credentials.cookie', { cookie: '__Host-session' }],
    ['credentials.cookie.domain', { cookie: { name: 's', domain: 'x' } }],
    ['credentials.cookie.trustedOrigins', { cookie: { name: 's', trustedOrigins: [] } }],
    ['credentials.cookie.trustedOrigins', { cookie: { name: 's', trustedOrigins: 'https://a' } }],
  ])('names the mistake in %s: %j', (path, options) => {
    expect(() => check(options)).toThrow(expect.objectContaining({ path }));
  });
});
