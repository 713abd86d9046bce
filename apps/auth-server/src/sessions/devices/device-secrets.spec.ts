import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { RequestFacts } from '../../operation/http/request-facts.js';
import { readSettings } from '../../operation/settings/server-settings.js';
import { newOpaqueToken } from '../../operation/crypto/opaque-tokens.js';
import { type DeviceChannel, DeviceSecrets } from './device-secrets.js';

const HTTP = 'http://localhost:4100';
const HTTPS = 'https://id.example.com';
const SECRET = newOpaqueToken('pdv');

let server: Server | undefined;

/** Sends headers to a server that reads a secret, and gives {@link SECRET}. */
async function exchange(issuer: string, channel: DeviceChannel, headers: Record<string, string>) {
  const secrets = new DeviceSecrets(readSettings({ ISSUER: issuer }));
  const app = express();
  app.get('/', (request, response) => {
    const facts = new RequestFacts('request', request, response);
    const presented = secrets.presented(facts, channel) ?? null;
    secrets.give(facts, channel, SECRET);
    response.json({ presented });
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers });
  const { presented } = (await answer.json()) as { presented: string | null };
  return { presented, headers: answer.headers };
}

afterEach(() => {
  server?.close();
});

describe('the secret of a device', () => {
  it.each<[string, DeviceChannel, Record<string, string>]>([
    [HTTPS, 'cookie', { cookie: `other=1; __Host-device=${SECRET}; device=x` }],
    [HTTP, 'cookie', { cookie: `__Host-device=x; device=${SECRET}` }],
    [HTTPS, 'header', { 'x-device-id': SECRET, cookie: '__Host-device=x' }],
  ])('is read at %s from the %s', async (issuer, channel, headers) => {
    expect((await exchange(issuer, channel, headers)).presented).toBe(SECRET);
  });

  it.each<[string, DeviceChannel, Record<string, string>]>([
    ['in the other place', 'cookie', { 'x-device-id': SECRET }],
    ['in the other place', 'header', { cookie: `__Host-device=${SECRET}` }],
    ['under the name that other hosts can set', 'cookie', { cookie: `device=${SECRET}` }],
    ['twice', 'cookie', { cookie: `__Host-device=${SECRET}; __Host-device=${SECRET}` }],
    ['twice', 'header', { 'x-device-id': `${SECRET}, ${SECRET}` }],
    ['with more', 'cookie', { cookie: `__Host-device=${SECRET}x` }],
    ['as a token of another kind', 'header', { 'x-device-id': newOpaqueToken('prt') }],
    ['empty', 'header', { 'x-device-id': '' }],
  ])('counts as none %s (%s)', async (_how, channel, headers) => {
    expect((await exchange(HTTPS, channel, headers)).presented).toBeNull();
  });

  it('is kept by browsers for 400 days, out of the reach of scripts and other hosts', async () => {
    const { headers } = await exchange(HTTPS, 'cookie', {});
    const [cookie = '', ...others] = headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie.split('; ').toSorted()).toEqual([
      expect.stringMatching(/^Expires=/),
      'HttpOnly',
      'Max-Age=34560000',
      'Path=/',
      'SameSite=Lax',
      'Secure',
      `__Host-device=${SECRET}`,
    ]);
    expect(headers.get('x-device-id')).toBeNull();
  });

  it('is a cookie without a prefix for an issuer without TLS', async () => {
    const { headers } = await exchange(HTTP, 'cookie', {});
    const parts = headers.getSetCookie().join('\n').split('; ');
    expect(parts).toEqual(expect.arrayContaining([`device=${SECRET}`, 'HttpOnly', 'SameSite=Lax']));
    expect(parts).not.toContain('Secure');
  });

  it('is a header for clients of the API', async () => {
    const { headers } = await exchange(HTTPS, 'header', {});
    expect(headers.get('x-device-id')).toBe(SECRET);
    expect(headers.getSetCookie()).toEqual([]);
  });
});
