import { describe, expect, it } from '@jest/globals';
import { checkProxyEnvironment, proxyTo } from './proxy-environment.js';

const HTTPS = { HTTPS_PROXY: 'http://secure:3128' };
const HTTP = { HTTP_PROXY: 'http://plain:3128' };
const way = (url: string, environment: Readonly<Record<string, string>>) =>
  proxyTo(new URL(url), environment)?.host;

describe('the proxy of the environment', () => {
  it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ['https://id.example', {}, undefined],
    ['https://id.example', HTTPS, 'secure:3128'],
    ['https://id.example', HTTP, 'plain:3128'],
    ['https://id.example', { ...HTTP, ...HTTPS }, 'secure:3128'],
    ['http://id.example', HTTPS, undefined],
    ['http://id.example', { ...HTTP, ...HTTPS }, 'plain:3128'],
    ['https://id.example', { ...HTTPS, https_proxy: 'http://lower:1' }, 'lower:1'],
    ['https://id.example', { ...HTTPS, https_proxy: '' }, 'secure:3128'],
    ['https://id.example', { HTTPS_PROXY: 'https://user:secret@tls:8443' }, 'tls:8443'],
  ])('on the way to %s, with %j', (url, environment, expected) => {
    expect(way(url, environment)).toBe(expected);
  });

  it.each([
    '*',
    'id.example',
    'ID.EXAMPLE',
    '.example',
    '*.example',
    'example',
    'id.example:443',
    'localhost, 10.0.0.0/8 id.example',
  ])('is passed by for id.example where NO_PROXY is %s', (NO_PROXY) => {
    expect(way('https://id.example', { ...HTTPS, NO_PROXY })).toBeUndefined();
    expect(way('https://id.example', { ...HTTPS, no_proxy: NO_PROXY })).toBeUndefined();
  });

  it('is passed by on the port of http, too', () => {
    expect(way('http://id.example', { ...HTTP, NO_PROXY: 'id.example:80' })).toBeUndefined();
    expect(way('http://id.example', { ...HTTP, NO_PROXY: 'id.example:443' })).toBe('plain:3128');
  });

  it.each(['', ',', '.', 'xample', 'sub.id.example', 'id.example:8443', 'other', '10.0.0.0/8'])(
    'is used for id.example where NO_PROXY is "%s"',
    (NO_PROXY) => {
      expect(way('https://id.example', { ...HTTPS, NO_PROXY })).toBe('secure:3128');
    },
  );

  it.each([
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3', '10.0.0.0/99', false],
    ['https://10.1.2.3', '10.0.0.0/x', false],
    ['https://10.1.2.3', 'nonsense/8', false],
    ['https://[fd00::1]', 'fd00::/8', true],
    ['https://[fd00::1]', '[fd00::1]', true],
    ['https://[fd00::1]', 'fd00::1', true],
    ['https://[fd00::1]:8443', '[fd00::1]:8443', true],
    ['https://[fd00::1]', '[fd00::1]:8443', false],
    ['https://[fe00::1]', 'fd00::/8', false],
    ['https://[fd00::1]', 'fd00::/64', true],
    ['https://[fd00::12:34]', 'fd00::12:34', true],
    ['https://[fd00:1::2]', 'fd00:1::2', true],
    ['https://10.1.2.3', '0.0.0.0/0', true],
    ['https://10.1.2.3', '10.1.2.3/32', true],
    ['https://10.1.2.3', '10.0.0.0/-1', false],
    ['https://id.example', 'nonsense/8', false],
    ['https://id.example./', ',', false],
  ])('knows addresses and subnets: %s, %s', (url, NO_PROXY, isExcepted) => {
    expect(way(url, { ...HTTPS, NO_PROXY }) === undefined).toBe(isExcepted);
  });

  it.each(['proxy:3128', 'proxy', 'ftp://proxy', 'socks5://user:secret@proxy:1080', 'http://'])(
    'is a mistake that stops the start, and is not repeated: %s',
    (value) => {
      for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy']) {
        const environment = { [name]: value };
        expect(() => checkProxyEnvironment(environment)).toThrow(
          `${name}: is not the URL of an HTTP proxy. Give one such as`,
        );
        expect(() => checkProxyEnvironment(environment)).not.toThrow('secret');
        expect(() => proxyTo(new URL('https://id.example'), environment)).toThrow(name);
      }
    },
  );
});
