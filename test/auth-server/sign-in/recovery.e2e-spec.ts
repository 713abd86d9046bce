import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAddress, OTHER_PASSWORD, PASSWORD, registered, tally } from '../support/people.js';
import type { Mail } from '../../../apps/auth-server/src/notifications/mail-layout.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { at, newNetwork } from './networks.js';

const linkIn = ({ text }: Mail): string => /[?&]token=([\w-]+)/.exec(text)?.[1] ?? '';

describe.each(STORAGES)('mails that strangers ask for on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    const environment = {
      TRUST_PROXY: 'loopback',
      RATE_LIMITS: 'on',
      REDIS_PREFIX: `mails-${randomUUID()}`,
    };
    bed = await PlatformBed.start({ storage, environment });
  });
  afterAll(() => bed.close());

  const forgot = (email: string, network = newNetwork()) =>
    bed.api('POST', '/api/v1/auth/forgot-password', { email }, undefined, at(network));
  const linksOf = async (email: string) =>
    (await bed.inbox(email)).filter(({ subject }) => subject === 'Choose a new password');
  const reset = (token: string) =>
    bed.api('POST', '/api/v1/auth/reset-password', { token, password: OTHER_PASSWORD });

  it('never refuse the owner, whose newest five links stay valid', async () => {
    const email = await registered(bed);
    for (let index = 0; index < 12; index += 1) expect((await forgot(email)).status).toBe(202);
    expect((await forgot(email)).status).toBe(202);
    const links = await linksOf(email);
    expect(links).toHaveLength(5);
    expect((await reset(linkIn(links[0]!))).status).toBe(204);
    await forgot(email);
    expect(await linksOf(email)).toHaveLength(6);
  });

  it('leave five links after an hour, too', async () => {
    const email = await registered(bed);
    for (let index = 0; index < 5; index += 1) await forgot(email);
    bed.clock.advance(30 * 60);
    for (let index = 0; index < 5; index += 1) await forgot(email);
    const links = await linksOf(email);
    expect(links.length).toBeGreaterThanOrEqual(5);
    expect((await reset(linkIn(links.at(-1)!))).status).toBe(204);
  });

  it('count for all aliases of an address together, known or not', async () => {
    const local = `p-${randomUUID()}`;
    for (let index = 0; index < 7; index += 1) await forgot(`${local}+${index}@example.com`);
    const mails = await Promise.all(
      Array.from({ length: 7 }, (_, index) => bed.inbox(`${local}+${index}@example.com`)),
    );
    expect(mails.flat()).toHaveLength(5);
  });

  it('to aliases keep no link from the owner of an account', async () => {
    const email = await registered(bed);
    const [local = ''] = email.split('@');
    for (let index = 0; index < 7; index += 1) await forgot(`${local}+${index}@example.com`);
    await forgot(email);
    const links = await linksOf(email);
    expect(links).toHaveLength(1);
    expect((await reset(linkIn(links[0]!))).status).toBe(204);
  });

  it('are limited for each network', async () => {
    const network = newNetwork();
    const statuses: number[] = [];
    for (let index = 0; index < 31; index += 1) {
      statuses.push((await forgot(newAddress(), network)).status);
    }
    expect(statuses).toEqual([...Array<number>(30).fill(202), 429]);
  });

  it('tell nobody by a header what others did', async () => {
    const email = await registered(bed);
    const headersOf = async () => {
      const { headers } = await forgot(email);
      return headers.get('ratelimit')?.replace(/t=\d+/g, 't');
    };
    const first = await headersOf();
    for (let index = 0; index < 6; index += 1) expect(await headersOf()).toBe(first);
    expect(first).toMatch(/^"forgot-address";r=29;t$/);
  });

  it('of a registration leave the link of its owner valid', async () => {
    const email = newAddress();
    const body = { email, password: PASSWORD };
    await bed.api('POST', '/api/v1/auth/register', body, undefined, at(newNetwork()));
    const resend = () =>
      bed.api('POST', '/api/v1/auth/resend-verification', { email }, undefined, at(newNetwork()));
    for (let index = 0; index < 8; index += 1) expect((await resend()).status).toBe(202);
    expect(await bed.inbox(email)).toHaveLength(6);
    const verified = await bed.api('POST', '/api/v1/auth/verify-email', {
      token: await bed.tokenMailedTo(email),
    });
    expect(verified).toMatchObject({ status: 200, body: { next: 'log_in' } });
  });

  it('are five of a hundred requests at once', async () => {
    const email = await registered(bed);
    expect(await tally(100, () => forgot(email))).toEqual({ 202: 100 });
    const links = await linksOf(email);
    expect(links).toHaveLength(5);
    expect((await reset(linkIn(links[0]!))).status).toBe(204);
  });
});
