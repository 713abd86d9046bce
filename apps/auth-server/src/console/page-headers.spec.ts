import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { pageHeaders } from './pages.js';
import { REVEAL_SCRIPT } from './views/reveal-password.js';

const policyOf = (...formAction: string[]) =>
  pageHeaders({ formAction })['Content-Security-Policy'];

describe('the headers of a page', () => {
  it('allow the style, the forms and the one script of the page, and nothing else', () => {
    const digest = createHash('sha256').update(REVEAL_SCRIPT).digest('base64');
    expect(pageHeaders()).toEqual({
      'Content-Security-Policy':
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " +
        `frame-ancestors 'none'; base-uri 'none'; script-src 'sha256-${digest}'`,
      'Cache-Control': 'no-store',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      'Referrer-Policy': 'strict-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
  });

  it('let forms lead to the origins and schemes that are given', () => {
    expect(policyOf('https://app.example', 'http://127.0.0.1:51004', 'com.example.app:')).toContain(
      "; form-action 'self' https://app.example http://127.0.0.1:51004 com.example.app:; ",
    );
  });

  it.each([
    '*',
    '',
    "'unsafe-inline'",
    'https://app.example; script-src *',
    'https://app.example https://evil.example',
    'https://*.example',
    'https://app.example/path',
    'https:\r\nSet-Cookie: a=b',
    'https://app.example\n',
    'app.example',
  ])('are refused with %j among the sources', (source) => {
    expect(() => policyOf('https://fine.example', source)).toThrow(TypeError);
  });

  it('leave oidc-provider a place for the hash of its script, which allows none by itself', () => {
    expect(pageHeaders({ byProvider: true })['Content-Security-Policy']).toMatch(
      /; script-src 'report-sample'$/,
    );
  });
});
