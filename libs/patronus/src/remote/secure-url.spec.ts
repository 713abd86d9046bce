import { describe, expect, it } from '@jest/globals';
import { isLoopbackUrl, isSecureUrl, requireSecureUrl } from './secure-url.js';

const LOOPBACK = ['http://localhost:1', 'http://127.0.0.1/a', 'http://[::1]:8080/'];

describe('a secure URL', () => {
  it.each(['https://id.example.com', 'https://id.example.com:8443/a?b', ...LOOPBACK])(
    'may be %s',
    (url) => {
      expect(isSecureUrl(url)).toBe(true);
      expect(requireSecureUrl('a.url', url)).toBe(url);
      expect(isLoopbackUrl(url)).toBe(LOOPBACK.includes(url));
    },
  );

  it.each([
    'http://id.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://user:secret@localhost',
    'https://user@id.example.com',
    'https://id.example.com#a',
    'ftp://localhost',
    'id.example.com',
  ])('is never %s', (url) => {
    expect(isSecureUrl(url)).toBe(false);
    expect(() => requireSecureUrl('a.url', url)).toThrow('a.url: is not an https URL.');
  });
});
