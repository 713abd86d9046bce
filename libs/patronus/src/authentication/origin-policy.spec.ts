import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { OriginPolicy } from './origin-policy.js';
import { requestMessage } from '../../../../test/fixtures/request-message.js';

const TRUSTED = 'https://app.example';
const OWN = 'https://api.example';
const policy = new OriginPolicy([TRUSTED]);

interface Asked {
  readonly method?: string;
  readonly origin?: string | undefined;
  readonly site?: string | undefined;
  readonly host?: string;
  readonly tls?: boolean;
}

function message({ method = 'POST', origin, site, host = 'api.example', tls = true }: Asked) {
  const headers = Object.entries({ Host: host, Origin: origin, 'Sec-Fetch-Site': site });
  const present = headers.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return requestMessage(present, method, tls ? new TLSSocket(new Socket()) : new Socket());
}

function isLetIn(asked: IncomingMessage, by = policy): boolean {
  try {
    by.refuseForgery(asked);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'csrf_rejected' });
    return false;
  }
}

const SAFE = ['GET', 'HEAD', 'OPTIONS'];
const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'PROPFIND', 'get', ''];
const ORIGINS: readonly (readonly [origin: string | undefined, isGood: boolean])[] = [
  [OWN, true],
  [TRUSTED, true],
  [undefined, false],
  ['null', false],
  ['', false],
  ['http://api.example', false],
  ['https://api.example:8443', false],
  ['https://api.example/', false],
  ['https://API.example', false],
  ['https://evil.example', false],
  ['https://api.example.evil.example', false],
  ['https://evilapi.example', false],
  [`${TRUSTED}, ${TRUSTED}`, false],
  [`${TRUSTED} ${TRUSTED}`, false],
];
const SITES = [
  undefined,
  'same-origin',
  'same-site',
  'cross-site',
  'none',
  '',
  'same-origin, none',
];

const table = ORIGINS.flatMap(([origin, isGood]) =>
  SITES.map((site) => {
    const isSameSite = site === undefined || site === 'same-origin' || site === 'same-site';
    const passes = isSameSite && (isGood || (origin === undefined && site === 'same-origin'));
    return { origin, site, passes };
  }),
);

describe('OriginPolicy', () => {
  it.each(table)('unsafe methods, Origin $origin, site $site: $passes', (row) => {
    for (const method of UNSAFE) expect(isLetIn(message({ ...row, method }))).toBe(row.passes);
  });

  it('leaves safe methods to SameSite', () => {
    for (const method of SAFE) {
      for (const row of table) expect(isLetIn(message({ ...row, method }))).toBe(true);
    }
  });

  it('reads the own origin from the socket, not from what the request says of itself', () => {
    const plain = message({ origin: OWN, tls: false });
    plain.headers['x-forwarded-proto'] = 'https';
    expect(isLetIn(plain)).toBe(false);
    expect(isLetIn(message({ origin: 'http://api.example', tls: false }))).toBe(true);
    const elsewhere = message({ origin: 'https://evil.example' });
    elsewhere.headers['x-forwarded-host'] = 'evil.example';
    expect(isLetIn(elsewhere)).toBe(false);
  });

  it('does not take http for the own origin where a proxy ends TLS', () => {
    const behindProxy = new OriginPolicy([OWN]);
    expect(isLetIn(message({ origin: OWN, tls: false }), behindProxy)).toBe(true);
    expect(isLetIn(message({ origin: 'http://api.example', tls: false }), behindProxy)).toBe(false);
  });

  it('has no own origin without a host', () => {
    expect(isLetIn(message({ origin: 'https://', host: '' }))).toBe(false);
    const nameless = message({ origin: 'https://undefined' });
    delete nameless.headers.host;
    expect(isLetIn(nameless)).toBe(false);
  });

  it('knows the host of HTTP/2', () => {
    const asked = message({ origin: 'https://h2.example', host: 'h1.example' });
    expect(isLetIn(asked)).toBe(false);
    asked.headers[':authority'] = 'h2.example';
    expect(isLetIn(asked)).toBe(true);
  });

  it('sees the method beneath one that was overridden, and no header makes a method safe', () => {
    const overridden = Object.assign(message({ method: 'GET' }), { originalMethod: 'POST' });
    expect(isLetIn(overridden)).toBe(false);
    const upwards = Object.assign(message({ method: 'DELETE' }), { originalMethod: 'GET' });
    expect(isLetIn(upwards)).toBe(false);
    const safe = Object.assign(message({ method: 'GET' }), { originalMethod: 'GET' });
    expect(isLetIn(safe)).toBe(true);
    const asking = message({ method: 'POST' });
    asking.headers['x-http-method-override'] = 'GET';
    expect(isLetIn(asking)).toBe(false);
  });

  it.each(SAFE)('looks at a %s that opens a socket as at what changes something', (method) => {
    const opens = (asked: Asked) =>
      isLetIn(Object.assign(message({ method, ...asked }), { opensSocket: true }));
    expect(opens({ origin: TRUSTED })).toBe(true);
    expect(opens({ origin: 'https://evil.example' })).toBe(false);
    expect(opens({})).toBe(false);
    expect(isLetIn(message({ method, origin: 'https://evil.example' }))).toBe(true);
  });
});
