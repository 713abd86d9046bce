import { describe, expect, it } from '@jest/globals';
import { readContinuePath } from './page-forms.js';

const ISSUER = 'https://id.example.com';

describe('readContinuePath', () => {
  it.each(['/interaction/abc', '/oauth/authorize/abc', '/oauth/authorize?a=//b'])(
    'takes %s',
    (path) => expect(readContinuePath(path, ISSUER)).toBe(path),
  );

  it.each([
    '//evil.example/interaction/',
    '//[evil.example/interaction/',
    '/\\evil.example/interaction/',
    '\\\\evil.example/interaction/',
    '\\evil.example',
    'https:evil.example/interaction/',
    'https://evil.example/interaction/',
    'https://id.example.com/interaction/',
    'https://id.example.com@evil.example/interaction/',
    '/interaction/../api/me',
    '/oauth/%2e%2e/api/me',
    '/interaction/\\evil',
    '/\t/evil.example/oauth/',
    '/interaction/\n',
    ' /interaction/a',
    '/interaction',
    '/interaction/',
    '/interaction/abc/abort',
    '/oauth/authorize/',
    '/oauth/authorize/abc/def',
    '/oauth/authorizeevil',
    '/oauth/authorize%2fevil',
    '/oauth/device?user_code=ABCD-EFGH',
    '/oauth/logout',
    '/oauth/token',
    '/oauthevil/',
    '/login',
    '',
  ])('refuses %j', (path) => expect(readContinuePath(path, ISSUER)).toBeUndefined());

  it.each([undefined, null, ['/interaction/a'], { path: '/interaction/a' }])(
    'refuses what is no text: %j',
    (value) => expect(readContinuePath(value, ISSUER)).toBeUndefined(),
  );
});
