import { describe, expect, it } from '@jest/globals';
import { oidcPathOf } from './routes.js';

describe('oidcPathOf', () => {
  it.each([
    '/oauth/token',
    '/oauth/device',
    '/oauth/authorize/7Gxs-1',
    '/oauth/device/7Gxs-1',
    '/oauth/register/Abc',
    '/oauth/logout/confirm',
    '/.well-known/oauth-authorization-server',
  ])('is %s', (path) => {
    expect(oidcPathOf(path)).toBe(path);
  });

  it.each([
    '/oauth/Device',
    '/oauth/device/',
    '/oauth/devıce',
    '/oauth/REGISTER/Abc',
    '/oauth/register/Abc/',
    '/oauth/register/a/b',
    '/oauth/logout/CONFIRM',
    '/oauth/token/x',
    '/OAUTH/token',
    '/oauth/',
    '/oauth',
    '/.well-known/OpenID-configuration',
  ])('is not %s', (path) => {
    expect(oidcPathOf(path)).toBeUndefined();
  });
});
