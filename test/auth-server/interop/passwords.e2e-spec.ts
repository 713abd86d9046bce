import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import * as client from 'openid-client';
import { clients } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import { ClientsService } from '../../../apps/auth-server/src/oauth/clients/clients.service.js';
import { PasswordHasher } from '../../../apps/auth-server/src/credentials/password/password-hasher.js';
import { newAddress, verifyEmail } from '../support/people.js';
import { OAuthBed } from '../support/oauth-bed.js';
import { ask } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const BASE = 'violet kettle sings ';

describe.each(STORAGES)('passwords at every endpoint, on %s', (storage) => {
  let bed: OAuthBed;
  let trusted: client.Configuration;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
    await bed.db
      .update(clients)
      .set({
        passwordGrant: true,
        metadata: {
          client_id: 'machine',
          redirect_uris: [],
          response_types: [],
          grant_types: ['client_credentials', 'password'],
          token_endpoint_auth_method: 'client_secret_basic',
          scope: 'openid read',
        },
      })
      .where(eq(clients.id, 'machine'));
    await bed.app.get(ClientsService, { strict: false }).forget(['machine']);
    trusted = await bed.relyingParty('machine');
  });

  afterAll(() => bed.close());

  /** Each endpoint that takes a password, and a function that tells if it accepted one. */
  const doors: readonly [string, (name: string, password: string) => Promise<boolean>][] = [
    [
      'the API',
      async (email, password) => {
        const body = { email, password };
        return (await bed.platform.api('POST', '/api/v1/auth/login', body)).status === 200;
      },
    ],
    [
      'the sign-in page',
      async (identifier, password) => {
        const browser = bed.browser();
        const { page } = await ask(await bed.relyingParty('own'), browser);
        const next = await browser.submit(page, { identifier, password });
        return next.url.searchParams.has('code');
      },
    ],
    [
      'the token endpoint',
      (username, password) =>
        client.genericGrantRequest(trusted, 'password', { username, password }).then(
          () => true,
          () => false,
        ),
    ],
  ];

  async function registeredWith(password: string): Promise<string> {
    const email = newAddress();
    const body = { email, password };
    const { status } = await bed.platform.api('POST', '/api/v1/auth/register', body);
    if (status !== 202) throw new Error(`the registration was refused with ${status}`);
    await verifyEmail(bed.platform, await bed.platform.tokenMailedTo(email));
    return email;
  }

  const long = Array.from(`${BASE}🦉é`.repeat(60)).slice(0, 1023).join('');

  it.each([
    ['the last of 1,024 characters', `${long}x`, `${long}y`],
    ['what follows a NUL', `${BASE}\u0000one`, `${BASE}\u0000two`],
    ['what follows 72 bytes', `${BASE.repeat(4)}one`, `${BASE.repeat(4)}two`],
    ['blanks at the end', `${BASE}now `, `${BASE}now`],
    ['capitals', `${BASE}now`, `${BASE.toUpperCase()}NOW`],
    ['a character of four bytes', `${BASE}🦉🍒`, `${BASE}🦉🍓`],
    ['plus and blank', `${BASE}a+b`, `${BASE}a b`],
  ])('differ by %s', async (_what, password, other) => {
    const email = await registeredWith(password);

    for (const [door, opens] of doors) {
      expect([door, await opens(email, other)]).toEqual([door, false]);
      expect([door, await opens(email, password)]).toEqual([door, true]);
    }
  });

  it('are the same however a keyboard composes them', async () => {
    const email = await registeredWith(`${BASE}élève`.normalize('NFD'));

    for (const [door, opens] of doors) {
      expect([door, await opens(email, `${BASE}élève`.normalize('NFC'))]).toEqual([door, true]);
    }
  });

  it('of a megabyte are refused without a hash and without an error', async () => {
    const email = await registeredWith(`${BASE}now`);
    const verify = jest.spyOn(bed.app.get(PasswordHasher, { strict: false }), 'verify');
    try {
      const body = { email, password: 'x'.repeat(2 ** 20) };
      const { status } = await bed.platform.api('POST', '/api/v1/auth/login', body);

      expect([400, 401, 413]).toContain(status);
      expect(verify).not.toHaveBeenCalled();
    } finally {
      verify.mockRestore();
    }
  });

  it('are refused at the token endpoint alike, whether the account is there or not', async () => {
    const email = await registeredWith(`${BASE}now`);
    const hasher = bed.app.get(PasswordHasher, { strict: false });
    const verify = jest.spyOn(hasher, 'verify');
    const refusalOf = async (username: string) => {
      verify.mockClear();
      const error: unknown = await client
        .genericGrantRequest(trusted, 'password', { username, password: 'wrong' })
        .catch((refusal: unknown) => refusal);
      if (!(error instanceof client.ResponseBodyError)) throw new Error('it was not refused');
      const { error: code, error_description, status } = error;
      return { code, error_description, status, hashes: verify.mock.calls.length };
    };
    try {
      const known = await refusalOf(email);

      expect(known).toMatchObject({ code: 'invalid_grant', status: 400, hashes: 1 });
      expect(await refusalOf(newAddress())).toEqual(known);
      expect(await refusalOf(`nobody-${Date.now()}`)).toEqual(known);
    } finally {
      verify.mockRestore();
    }
  });

  // The last: afterwards the platform's clock is ahead.
  it('lock the account after five wrong ones at any endpoints', async () => {
    const email = await registeredWith(`${BASE}now`);
    for (const [door, opens] of [...doors, ...doors].slice(0, 5)) {
      expect([door, await opens(email, 'wrong')]).toEqual([door, false]);
    }

    for (const [door, opens] of doors) {
      expect([door, await opens(email, `${BASE}now`)]).toEqual([door, false]);
    }
    bed.clock.advance(15 * 60 + 1);
    for (const [door, opens] of doors) {
      expect([door, await opens(email, `${BASE}now`)]).toEqual([door, true]);
    }
  });
});
