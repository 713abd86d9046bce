import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { decodeJwt, SignJWT } from 'jose';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  type AccountRow,
  accounts,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { clients } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import { revokedTokens } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { SigningKeySet } from '../../../apps/auth-server/src/sessions/keys/signing-key-set.js';
import { AccessTokensService } from '../../../apps/auth-server/src/sessions/access-tokens.service.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { madeAccount, PASSWORD } from './account.js';

describe.each(STORAGES)('access tokens on %s', (storage) => {
  let bed: PlatformBed;
  let ana: AccountRow;

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    const [createdAt, updatedAt] = [bed.clock.now(), bed.clock.now()];
    await db()
      .insert(clients)
      .values({ id: 'app', metadata: {}, origin: 'admin', createdAt, updatedAt });
  });
  afterAll(() => bed.close());

  beforeEach(async () => {
    ana = await madeAccount(bed.app, `${randomUUID()}@example.com`);
  });

  const db = () => bed.app.get(PlatformDatabase, { strict: false }).db;
  const logIn = async ({ email } = ana): Promise<string> => {
    const answer = await bed.api('POST', '/api/v1/auth/login', { email, password: PASSWORD });
    expect(answer.status).toBe(200);
    return answer.body.accessToken;
  };
  const verify = (token: string) =>
    bed.app.get(AccessTokensService, { strict: false }).verify(token);
  const forge = async (members: object = {}, header: object = {}) => {
    const { kid, privateKey } = bed.app.get(SigningKeySet, { strict: false }).signingKey('ES256');
    return new SignJWT({ ...decodeJwt(await logIn()), ...members })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
      .sign(privateKey);
  };

  it('is accepted while it is valid', async () => {
    expect(await verify(await forge())).toMatchObject({ claims: { sub: ana.id } });
  });

  it.each([
    ['of another type', {}, { typ: 'JWT' }],
    ['of a key that is not ours', {}, { kid: 'other' }],
    ['of another issuer', { iss: 'https://evil.example' }, {}],
    ['that has expired', { exp: 1 }, {}],
    ['without an end', { exp: undefined }, {}],
    ['without an id', { jti: undefined }, {}],
    ['of a session that is not there', { sid: 'AAAAAAAAAAAAAAAAAAAAAAAA' }, {}],
    ['of somebody who is not there', { sub: randomUUID() }, {}],
    ['of somebody who is nobody', { sub: 'ana' }, {}],
    ['of a program with a session', { sub: 'app', client_id: 'app' }, {}],
    ['of a program that is not there', { sub: 'x', client_id: 'x', sid: undefined }, {}],
    ['of the platform as a program', { sub: 'patronus', sid: undefined }, {}],
    ['that a client got which is not there', { client_id: 'x' }, {}],
    ['of a client that is no text', { client_id: 7 }, {}],
    ['of a session that is no text', { sid: 7 }, {}],
  ])('does not count %s', async (_, members, header) => {
    expect(await verify(await forge(members, header))).toBeUndefined();
  });

  it.each(['', 'x', 'a.b.c', `${Buffer.from('{}').toString('base64url')}.e30.AA`])(
    'does not count as %j',
    async (text) => {
      expect(await verify(text)).toBeUndefined();
    },
  );

  it('does not count once the clock of the platform is past its end', async () => {
    const token = await forge();
    bed.clock.advance(901);
    const verified = await verify(token);
    bed.clock.advance(-901);
    expect(verified).toBeUndefined();
  });

  it('does not count with another signature', async () => {
    const [one, other] = [await forge(), await forge()];
    const mixed = [...one.split('.').slice(0, 2), other.split('.')[2]].join('.');
    expect(await verify(mixed)).toBeUndefined();
  });

  it('does not count with the session of another account', async () => {
    const bea = await madeAccount(bed.app, `${randomUUID()}@example.com`);
    const { sid } = decodeJwt(await logIn(bea));
    expect(await verify(await forge({ sid }))).toBeUndefined();
  });

  it('does not count once its session has ended', async () => {
    const token = await forge();
    await bed.api('POST', '/api/v1/auth/logout', undefined, token);
    expect(await verify(token)).toBeUndefined();
  });

  it('does not count once it was revoked', async () => {
    const token = await forge();
    const { jti: tokenId = '' } = decodeJwt(token);
    const now = bed.clock.now();
    await db().insert(revokedTokens).values({ tokenId, revokedAt: now, expiresAt: now });
    expect(await verify(token)).toBeUndefined();
  });

  it.each(['deactivated', 'disabled', 'deleted', 'anonymised'] as const)(
    'does not count for an account that is %s',
    async (state) => {
      const token = await forge();
      await db().update(accounts).set({ state }).where(eq(accounts.id, ana.id));
      expect(await verify(token)).toBeUndefined();
    },
  );

  it('of a client that acts for itself is accepted until it is revoked', async () => {
    const token = await forge({ sub: 'app', client_id: 'app', sid: undefined });
    expect(await verify(token)).toBeDefined();
    const { jti: tokenId = '' } = decodeJwt(token);
    const now = bed.clock.now();
    await db().insert(revokedTokens).values({ tokenId, revokedAt: now, expiresAt: now });
    expect(await verify(token)).toBeUndefined();
  });

  it('of a program that acts for itself finds no sessions', async () => {
    const token = await forge({ sub: 'app', client_id: 'app', sid: undefined });
    const listed = await bed.api('GET', '/api/v1/me/sessions', undefined, token);
    expect(listed.status).toBe(404);
    const answer = await bed.api('POST', '/api/v1/auth/logout-all', undefined, token);
    expect(answer.status).toBe(404);
  });
});
