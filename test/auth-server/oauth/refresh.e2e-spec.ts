import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import * as client from 'openid-client';
import { outbox } from '../../../apps/auth-server/src/events/outbox/outbox.table.js';
import { API, OAuthBed } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const OFFLINE = { scope: 'openid offline_access read', prompt: 'consent' };
const REFUSED = { error: 'invalid_grant' };

describe.each(STORAGES)('refresh tokens of clients on %s', (storage) => {
  let bed: OAuthBed;
  let web: client.Configuration;
  let account: string;
  let first: string;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
    web = await bed.relyingParty('web');
  });

  beforeEach(async () => {
    const { email, id } = await bed.person();
    account = id;
    first = (await tokensFor(web, bed.browser(), email, { ...OFFLINE, resource: API }))
      .refresh_token!;
  });

  afterAll(() => bed.close());

  const refresh = async (token: string, more: Readonly<Record<string, string>> = {}) =>
    (await client.refreshTokenGrant(web, token, more)).refresh_token!;

  it('give the same successor to a client that repeats its request within the grace', async () => {
    const next = await refresh(first);
    bed.clock.advance(9);

    await expect(refresh(first)).resolves.toBe(next);

    await expect(refresh(next)).resolves.toEqual(expect.any(String));
  });

  it('end with their family if one comes again after its successor was used', async () => {
    const last = await refresh(await refresh(first));

    await expect(refresh(first)).rejects.toMatchObject(REFUSED);

    await expect(refresh(last)).rejects.toMatchObject(REFUSED);
  });

  it('tell of a thief who was first, when the owner refreshes next', async () => {
    const stolen = await refresh(first);
    const ofOwner = await refresh(first);
    expect(ofOwner).toBe(stolen);
    const ofThief = await refresh(stolen);

    bed.clock.advance(600);
    await expect(refresh(ofOwner)).rejects.toMatchObject(REFUSED);

    await expect(refresh(ofThief)).rejects.toMatchObject(REFUSED);
    const events = await bed.db
      .select()
      .from(outbox)
      .where(eq(outbox.type, 'session.refreshed_reuse'));
    expect(JSON.stringify(events)).toContain(account);
  });

  it.each([
    ['another resource', { resource: 'https://noscopes.example.com' }],
    ['an unknown scope', { scope: 'openid unknown' }],
  ])('stay good after a request for %s', async (_what, wrong) => {
    await expect(refresh(first, wrong)).rejects.toMatchObject({ status: 400 });
    bed.clock.advance(60);

    await expect(refresh(first)).resolves.toEqual(expect.any(String));
  });

  it('give nothing to another client within the grace', async () => {
    await refresh(first);
    const own = await bed.relyingParty('own');

    await expect(client.refreshTokenGrant(own, first)).rejects.toMatchObject(REFUSED);
  });
});
