import { describe, expect, it } from '@jest/globals';
import { faultOfRedirectUri, isWebAddress } from './client-metadata.schema.js';

describe('faultOfRedirectUri', () => {
  it.each([
    'https://app.example.com/callback',
    'https://app.example.com:8443/callback?a=1',
    'http://localhost/callback',
    'http://localhost:3000/callback',
    'http://127.0.0.1:3000/callback',
    'http://[::1]:3000/callback',
  ])('lets a client of the web be sent to %s', (uri) => {
    expect(faultOfRedirectUri(uri, 'web')).toBeUndefined();
    expect(faultOfRedirectUri(uri, undefined)).toBeUndefined();
  });

  it.each([
    'https://app.example.com/callback#',
    'https://*.example.com/callback',
    'https://app.example.com/*',
    'https://app.example.com/callback#a',
    'http://app.example.com/callback',
    'http://localhost.evil.example/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://127.1/callback ',
    'https://user@app.example.com/callback',
    'https://user:password@app.example.com/callback',
    'https:app.example.com',
    'https:/app.example.com',
    'https:\\\\app.example.com',
    'https://app.example.com\\@evil.example/',
    'HTTPS://app.example.com/',
    '//app.example.com/callback',
    '/callback',
    'callback',
    '',
    'https://',
    'https://app.example.com/\ncallback',
    'https://app.example.com/\tcallback',
    ' https://app.example.com/callback',
    'https://äpp.example.com/callback',
    'javascript:alert(1)',
    'data:text/html,hello',
    'file:///etc/passwd',
    'com.example.app:/callback#a',
    'myapp:/callback',
    'urn:ietf:wg:oauth:2.0:oob',
  ])('lets no client be sent to %j', (uri) => {
    for (const type of ['web', 'native', undefined] as const) {
      expect(faultOfRedirectUri(uri, type)).toMatch(/^must /);
    }
  });

  it('knows private-use schemes, for native applications', () => {
    const uri = 'com.example.app:/callback';
    expect(faultOfRedirectUri(uri, 'native')).toBeUndefined();
    expect(faultOfRedirectUri(uri, 'web')).toContain('native');
    expect(faultOfRedirectUri(uri, undefined)).toContain('native');
  });

  it('refuses https on a loopback address for native applications', () => {
    expect(faultOfRedirectUri('https://localhost/callback', 'native')).toContain('http');
    expect(faultOfRedirectUri('https://localhost/callback', 'web')).toBeUndefined();
  });
});

describe('isWebAddress', () => {
  it('is not misled about the host', () => {
    expect(isWebAddress('http://localhost:4000/logout')).toBe(true);
    expect(isWebAddress('http://localhost@evil.example/')).toBe(false);
    expect(isWebAddress('http://evil.example/?localhost')).toBe(false);
    expect(isWebAddress('ftp://localhost/')).toBe(false);
  });
});
