import { describe, expect, it } from '@jest/globals';
import { isAllowedUrl, isLoopbackUrl, isSecureUrl, requireSecureUrl } from './secure-url.js';

const LOOPBACK = [
  'http://localhost:1',
  'http://auth.localhost:4010',
  'http://a.b.localhost',
  'http://127.0.0.1/a',
  'http://127.0.0.2',
  'http://127.255.255.254:80',
  'http://127.1',
  'http://[::1]:8080/',
];

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
    'http://128.0.0.1',
    'http://authlocalhost',
    'http://localhost.',
    'http://keycloak:8080',
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

describe('a host that may be asked over http', () => {
  const hosts = ['keycloak', '10.0.3.7'];

  it.each(['http://keycloak', 'http://KEYCLOAK:8080/realms/a', 'http://10.0.3.7:8080'])(
    'is named: %s',
    (url) => {
      expect(isAllowedUrl(url, hosts)).toBe(true);
      expect(requireSecureUrl('a.url', url, hosts)).toBe(url);
      expect(isLoopbackUrl(url)).toBe(false);
    },
  );

  it.each([
    'http://keycloak.example.com',
    'http://sub.keycloak',
    'http://user@keycloak',
    'ftp://keycloak',
    'http://10.0.3.70',
  ])('is that one only: %s', (url) => {
    expect(isAllowedUrl(url, hosts)).toBe(false);
    expect(() => requireSecureUrl('a.url', url, hosts)).toThrow('see insecureHosts');
  });
});
