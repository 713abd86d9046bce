import { describe, expect, it } from '@jest/globals';
import type { CredentialScheme } from '../identity/credential.js';
import { CredentialReader } from './credential-reader.js';
import type { CredentialOptions } from './credential.options.js';
import { requestMessage } from '../../../../test/fixtures/request-message.js';

type Headers = readonly (readonly [string, string])[];

const TOKENS: readonly CredentialScheme[] = ['bearer'];
const KEYS: readonly CredentialScheme[] = ['api-key'];
const BOTH: readonly CredentialScheme[] = ['bearer', 'api-key'];
const COOKIE: CredentialOptions = { cookie: { name: '__Host-session' } };
const MAX_TOKEN = 'k'.repeat(16 * 1024);

function read(headers: Headers, schemes = BOTH, options: CredentialOptions | undefined = COOKIE) {
  return new CredentialReader(options, schemes).read(requestMessage(headers), undefined);
}

const auth = (value: string) => ['Authorization', value] as const;
const key = (value: string) => ['X-Api-Key', value] as const;
const cookie = (value: string) => ['Cookie', value] as const;

describe('CredentialReader', () => {
  it.each<[Headers, object]>([
    [[auth('Bearer abc')], { scheme: 'bearer', via: 'bearer', token: 'abc' }],
    [[auth('DPoP abc')], { scheme: 'bearer', via: 'dpop', token: 'abc' }],
    [[auth('dpop  abc ')], { scheme: 'bearer', via: 'dpop', token: 'abc' }],
    [[auth('DPOP abc')], { scheme: 'bearer', via: 'dpop', token: 'abc' }],
    [[auth('ApiKey a!~')], { scheme: 'api-key', via: 'api-key', token: 'a!~' }],
    [[auth('APIKEY abc')], { scheme: 'api-key', via: 'api-key', token: 'abc' }],
    [[auth(`ApiKey ${MAX_TOKEN}`)], { scheme: 'api-key', via: 'api-key', token: MAX_TOKEN }],
    [[key('a!~')], { scheme: 'api-key', via: 'api-key', token: 'a!~' }],
    [[key(MAX_TOKEN)], { scheme: 'api-key', via: 'api-key', token: MAX_TOKEN }],
    [[cookie('__Host-session=abc')], { scheme: 'bearer', via: 'cookie', token: 'abc' }],
    [[cookie('__Host-session='), key('k')], { scheme: 'api-key', via: 'api-key', token: 'k' }],
  ])('reads %j', (headers, credential) => {
    expect(read(headers)).toEqual(credential);
  });

  it.each<[string, Headers]>([
    ['invalid_request', [auth('Bearer a'), key('k')]],
    ['invalid_request', [auth('Bearer a'), cookie('__Host-session=c')]],
    ['invalid_request', [key('k'), cookie('__Host-session=c')]],
    ['invalid_request', [auth('ApiKey k'), key('k')]],
    ['invalid_request', [auth('Basic b'), key('k')]],
    ['invalid_request', [auth(''), key('k')]],
    ['invalid_request', [key('k'), key('k')]],
    ['invalid_request', [key('k'), ['x-api-KEY', 'l']]],
    ['invalid_request', [auth('Bearer a'), auth('Bearer a')]],
    ['invalid_request', [auth('DPoP a'), ['authorization', 'DPoP a']]],
    ['invalid_request', [auth('ApiKey a'), ['authorization', 'Bearer a']]],
    ['invalid_request', [cookie('__Host-session=a; __Host-session=a')]],
    ['invalid_request', [cookie('__Host-session=a'), cookie('__Host-session=b')]],
    ['invalid_request', [auth('DPoP')]],
    ['invalid_request', [auth('DPoP a b')]],
    ['invalid_request', [auth('ApiKey')]],
    ['invalid_request', [auth('ApiKey a b')]],
    ['invalid_request', [key('')]],
    ['token_missing', []],
    ['token_missing', [auth('Basic a')]],
    ['token_missing', [auth('DPoPa')]],
    ['token_missing', [cookie('session=a')]],
    ['token_missing', [cookie('__Host-session=')]],
    ['token_malformed', [auth('ApiKey k\u00e9y')]],
    ['token_malformed', [key('k\u00e9y')]],
    ['token_malformed', [key('a b')]],
    ['token_malformed', [key('a\tb')]],
    ['token_malformed', [key('a\u007f')]],
    ['token_malformed', [key(`${MAX_TOKEN}k`)]],
    ['token_malformed', [auth(`ApiKey ${MAX_TOKEN}k`)]],
    ['token_malformed', [auth(`DPoP ${MAX_TOKEN}k`)]],
    ['token_malformed', [cookie(`__Host-session=${MAX_TOKEN}k`)]],
    ['token_malformed', [cookie('__Host-session=k\u00e9y')]],
  ])('answers %s to %j', (code, headers) => {
    expect(() => read(headers)).toThrow(expect.objectContaining({ code }));
  });

  it('knows of API keys only where a provider takes them', () => {
    expect(() => read([auth('ApiKey k')], TOKENS)).toThrow(
      expect.objectContaining({ code: 'token_missing', reason: 'the scheme is not Bearer' }),
    );
    expect(() => read([key('k')], TOKENS)).toThrow(
      expect.objectContaining({ code: 'token_missing' }),
    );
    expect(read([auth('Bearer a'), key('k')], TOKENS)).toMatchObject({ via: 'bearer' });
  });

  it.each(['Bearer a', 'DPoP a', 'Basic a'])('takes no %j where only keys are taken', (value) => {
    expect(() => read([auth(value)], KEYS, {})).toThrow(
      expect.objectContaining({ code: 'token_missing', reason: 'the scheme is not ApiKey' }),
    );
    expect(read([auth('ApiKey k')], KEYS, {})).toMatchObject({ token: 'k' });
  });

  it.each<CredentialOptions | undefined>([undefined, {}])(
    'knows of no cookie unless asked, with %j',
    (options) => {
      const reader = new CredentialReader(options, TOKENS);
      const both = requestMessage([auth('Bearer a'), cookie('__Host-session=c')]);
      expect(reader.read(both, undefined)).toMatchObject({ via: 'bearer', token: 'a' });
      const alone = requestMessage([cookie('__Host-session=c')]);
      expect(() => reader.read(alone, undefined)).toThrow(
        expect.objectContaining({ code: 'token_missing' }),
      );
    },
  );

  it.each<Headers>([
    [key('k')],
    [cookie('__Host-session=c')],
    [auth('DPoP a')],
    [auth('ApiKey k')],
  ])('refuses a token in the query string beside %j', (header) => {
    const message = requestMessage([header]);
    message.url = '/?access_token=a';
    expect(() => new CredentialReader(COOKIE, BOTH).read(message, undefined)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('refuses a forged request by cookie only', () => {
    const reader = new CredentialReader(COOKIE, BOTH);
    const post = (header: Headers[number]) =>
      reader.read(requestMessage([header, ['Origin', 'https://evil.example']], 'POST'), undefined);
    expect(() => post(cookie('__Host-session=c'))).toThrow(
      expect.objectContaining({ code: 'csrf_rejected' }),
    );
    expect(post(key('k'))).toMatchObject({ token: 'k' });
    expect(post(auth('Bearer a'))).toMatchObject({ token: 'a' });
  });

  it('refuses a cookie that no provider could read', () => {
    expect(() => new CredentialReader(COOKIE, KEYS)).toThrow(
      expect.objectContaining({ path: 'credentials.cookie' }),
    );
  });
});
