import { TLSSocket } from 'node:tls';
import { Socket } from 'node:net';
import { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { messageWith } from '../../../../../test/fixtures/dpop-caller.js';
import { normalizeUrl, requestUrl } from './request-url.js';

describe('normalizeUrl', () => {
  it.each([
    ['HTTPS://API.Example.com/Notes', 'https://api.example.com/Notes'],
    ['https://api.example.com:443/notes', 'https://api.example.com/notes'],
    ['http://api.example.com:80', 'http://api.example.com/'],
    ['https://api.example.com:8443/', 'https://api.example.com:8443/'],
    ['https://api.example.com/notes?page=2#top', 'https://api.example.com/notes'],
    ['https://api.example.com/notes#/../x', 'https://api.example.com/notes'],
    ['https://api.example.com/a%2fb%c3%a9', 'https://api.example.com/a%2Fb%C3%A9'],
    ['https://api.example.com/%6eotes/%7Eana%2D1', 'https://api.example.com/notes/~ana-1'],
    ['https://api.example.com/a%25%36%31', 'https://api.example.com/a%2561'],
    ['https://api.example.com//notes/', 'https://api.example.com//notes/'],
    ['https://[2001:DB8::1]:8443/', 'https://[2001:db8::1]:8443/'],
    ['https://api.example.com/a..b/...', 'https://api.example.com/a..b/...'],
  ])('%s is %s', (url, normal) => {
    expect(normalizeUrl(url)).toBe(normal);
  });

  it.each([
    '',
    '/notes',
    'ftp://api.example.com/notes',
    'https:api.example.com/notes',
    'https:///api.example.com/notes',
    'https://user:secret@api.example.com/notes',
    'https://user@api.example.com/notes',
    'https://api.example.com\\notes',
    'https://api.example.com/no\ttes',
    ' https://api.example.com/notes',
    'https://api.example.com/josé',
    'https://api.example.com/a/../notes',
    'https://api.example.com/./notes',
    'https://api.example.com/a/%2e%2E/notes',
    'https://api.example.com/a/..',
    'https://api.example.com:99999/',
  ])('%j cannot be compared', (url) => {
    expect(normalizeUrl(url)).toBeUndefined();
  });

  it('keeps apart what servers keep apart', () => {
    const base = 'https://api.example.com';
    const urls = ['/notes', '/Notes', '/notes/', '//notes', '/notes%2F', '/n'].map((path) =>
      normalizeUrl(base + path),
    );
    expect(new Set(urls).size).toBe(6);
  });
});

describe('requestUrl', () => {
  it('is of the origin that was told, whatever the Host header says', () => {
    const message = messageWith(undefined, { host: 'evil.example', url: '/notes?page=2' });
    expect(requestUrl(message, 'https://api.example.com')).toBe('https://api.example.com/notes');
    expect(requestUrl(message, undefined)).toBe('http://evil.example/notes');
  });

  it('knows TLS when it sees it', () => {
    const message = new IncomingMessage(new TLSSocket(new Socket()));
    message.url = '/notes';
    message.headers.host = 'api.example:443';
    expect(requestUrl(message, undefined)).toBe('https://api.example/notes');
  });

  it('reads the authority of HTTP/2', () => {
    const message = messageWith(undefined);
    delete message.headers.host;
    expect(requestUrl(message, undefined)).toBeUndefined();
    message.headers[':authority'] = 'api.example:8080';
    expect(requestUrl(message, undefined)).toBe('http://api.example:8080/notes');
  });

  it('is what the caller asked for, under a mount path, too', () => {
    const message = Object.assign(messageWith(undefined), { originalUrl: '/v1/notes' });
    expect(requestUrl(message, undefined)).toBe('http://api.example/v1/notes');
    const forged = Object.assign(messageWith(undefined), { originalUrl: { a: 1 } });
    expect(requestUrl(forged, undefined)).toBe('http://api.example/notes');
  });

  it.each([
    'api.example/v1',
    'api.example?',
    'user@api.example',
    'api.example#',
    '',
    'a b',
    'a\\b',
  ])('does not let the Host header %j reach into the path', (host) => {
    expect(requestUrl(messageWith(undefined, { host }), undefined)).toBeUndefined();
  });

  it.each(['*', 'notes', '', 'http:/notes', 'ftp://api.example/notes', 'http:///notes'])(
    'cannot compare the target %j',
    (url) => {
      expect(requestUrl(messageWith(undefined, { url }), 'http://api.example')).toBeUndefined();
    },
  );

  it('reads a target in absolute form, beside which no Host header counts', () => {
    const seen = (url: string, origin?: string) =>
      requestUrl(messageWith(undefined, { url, host: 'evil.example' }), origin);
    expect(seen('http://api.example/notes?page=2')).toBe('http://api.example/notes');
    expect(seen('HTTPS://API.example:443')).toBe('https://api.example/');
    expect(seen('http://api.example?page=2')).toBe('http://api.example/');
    expect(seen('http://other.example/notes', 'https://api.example')).toBe(
      'https://api.example/notes',
    );
    for (const url of ['http://user@api.example/notes', 'http://a\\b/notes', 'http://a b/notes']) {
      expect(seen(url)).toBeUndefined();
    }
  });

  it('takes a host of any unreserved characters', () => {
    const message = messageWith(undefined, { host: 'ho~st_1.example' });
    expect(requestUrl(message, undefined)).toBe('http://ho~st_1.example/notes');
  });
});
