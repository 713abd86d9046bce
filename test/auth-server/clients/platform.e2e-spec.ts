import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  accounts,
  type PlatformRole,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { oidcPayloads } from '../../../apps/auth-server/src/oauth/store/payloads.table.js';
import { SessionsService } from '../../../apps/auth-server/src/sessions/sessions.service.js';
import { AccessTokensService } from '../../../apps/auth-server/src/sessions/access-tokens.service.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const SERVICE = { grant_types: ['client_credentials'] };
const API = 'https://api.example.com';

describe.each(STORAGES)('clients of the whole platform on %s', (storage) => {
  let bed: PlatformBed;
  let admin: string;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    admin = await tokenOf('SYSTEM_ADMIN');
  });
  afterAll(() => bed.close());

  async function tokenOf(role: PlatformRole): Promise<string> {
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const now = bed.clock.now();
    const email = `${role}@example.com`;
    const [account] = await db
      .insert(accounts)
      .values({
        email,
        emailKey: email,
        role,
        emailVerifiedAt: now,
        createdAt: now,
        updatedAt: now,
      })
      .returning();
    const session = await bed.app.get(SessionsService, { strict: false }).start(db, {
      accountId: account!.id,
      kind: 'api',
      methods: ['pwd'],
      device: { device: 'a test', address: '127.0.0.1' },
    });
    return bed.app
      .get(AccessTokensService, { strict: false })
      .issue({ account: account!, session });
  }

  const asAdmin = (method: string, path: string, body?: unknown) =>
    bed.api(method, `/api/v1/admin/${path}`, body, admin);

  const tokenFor = (id: string, secret: string, more: Record<string, string> = {}) =>
    fetch(`${bed.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...more }),
    });

  it('are for administrators', async () => {
    expect((await bed.api('GET', '/api/v1/admin/clients')).status).toBe(401);
    for (const role of ['END_USER', 'STAFF', 'DATA_ADMIN'] as const) {
      const { status } = await bed.api(
        'GET',
        '/api/v1/admin/clients',
        undefined,
        await tokenOf(role),
      );
      expect([role, status]).toEqual([role, 403]);
    }
    expect((await asAdmin('GET', 'clients')).status).toBe(200);
  });

  it('get tokens with either secret, and with the old one no more once it is removed', async () => {
    const { id, secret, secrets } = (await asAdmin('POST', 'clients', { metadata: SERVICE })).body;
    const { secret: next } = (await asAdmin('POST', `clients/${id}/secrets`)).body;
    expect((await tokenFor(id, secret)).status).toBe(200);
    expect((await tokenFor(id, next)).status).toBe(200);
    await asAdmin('DELETE', `clients/${id}/secrets/${secrets[0].id}`);
    expect((await tokenFor(id, secret)).status).toBe(401);
    expect((await tokenFor(id, next)).status).toBe(200);
  });

  it('get those scopes of a resource server that they are for', async () => {
    await asAdmin('PUT', 'resource-servers', { identifier: API, scopes: ['read', 'write'] });
    const metadata = { ...SERVICE, scope: 'read' };
    const { id, secret } = (await asAdmin('POST', 'clients', { metadata })).body;
    const answer = await tokenFor(id, secret, { resource: API, scope: 'read write' });
    expect(await answer.json()).toMatchObject({ scope: 'read' });
  });

  it('are gone with their tokens', async () => {
    const { id, secret } = (await asAdmin('POST', 'clients', { metadata: SERVICE })).body;
    expect((await tokenFor(id, secret)).status).toBe(200);
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const kept = () => db.select().from(oidcPayloads).where(eq(oidcPayloads.clientId, id));
    expect(await kept()).toHaveLength(1);
    expect((await asAdmin('DELETE', `clients/${id}`)).status).toBe(204);
    expect(await kept()).toEqual([]);
    expect((await tokenFor(id, secret)).status).toBe(401);
  });

  it('register with an initial access token, and no other way', async () => {
    const register = (metadata: object, token = '') =>
      bed.api('POST', '/oauth/register', metadata, token);
    expect((await register(SERVICE)).status).toBeGreaterThanOrEqual(400);
    const { status, headers, body } = await asAdmin('POST', 'initial-access-tokens');
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    const wanted = { ...SERVICE, response_types: [], redirect_uris: [] };
    for (const more of [{ skip_consent: true }, { grant_types: ['password'] }]) {
      const refused = await register({ ...wanted, ...more }, body.token);
      expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    }
    const made = await register(wanted, body.token);
    expect(made).toMatchObject({ status: 201, body: { client_secret: expect.any(String) } });
    const { client_id: id, client_secret: secret } = made.body;
    expect((await tokenFor(id, secret)).status).toBe(200);
    expect((await asAdmin('GET', `clients/${id}`)).body).toMatchObject({ origin: 'registration' });

    const own = new URL(made.body.registration_client_uri).pathname;
    const read = await bed.api('GET', own, undefined, made.body.registration_access_token);
    expect(read).toMatchObject({ status: 200, body: { client_id: id } });
    const renamed = { ...wanted, client_id: id, client_name: 'New' };
    const updated = await bed.api('PUT', own, renamed, read.body.registration_access_token);
    expect(updated).toMatchObject({ status: 200, body: { client_name: 'New' } });
    expect((await tokenFor(id, secret)).status).toBe(200);
    await bed.api('DELETE', own, undefined, updated.body.registration_access_token);
    expect((await tokenFor(id, secret)).status).toBe(401);
    expect((await asAdmin('GET', `clients/${id}`)).status).toBe(404);
  });

  it('are described by the documentation', async () => {
    const { body } = await bed.api('GET', '/docs/json');
    const { post } = body.paths['/api/v1/admin/clients'];
    expect(JSON.stringify(post.requestBody)).toContain('redirect_uris');
  });
});
