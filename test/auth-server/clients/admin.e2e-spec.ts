import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { oidcPayloads } from '../../../apps/auth-server/src/oauth/store/payloads.table.js';
import { ClientsBed } from './clients-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const WEB = { redirect_uris: ['https://app.example.com/callback'] };
const SERVICE = { grant_types: ['client_credentials'] };

describe.each(STORAGES)('the admin API of clients on %s', (storage) => {
  let bed: ClientsBed;
  beforeAll(async () => {
    bed = await ClientsBed.start(storage);
  });
  afterAll(() => bed.close());

  const create = async (metadata: object, more: object = {}) => {
    const { status, body } = await bed.api('POST', 'clients', { metadata, ...more });
    expect(status).toBe(201);
    return body;
  };

  it('creates a client, and shows its secret once', async () => {
    const { headers, body } = await bed.api('POST', 'clients', { metadata: WEB });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({
      origin: 'admin',
      passwordGrant: false,
      metadata: { ...WEB, client_id: body.id, response_types: ['code'] },
      secret: expect.stringMatching(/^pcs_[\w-]{43}$/),
      secrets: [{ id: expect.any(String), expiresAt: null }],
    });
    const { secret, ...rest } = body;
    expect((await bed.api('GET', `clients/${body.id}`)).body).toEqual(rest);
    expect(await bed.clients.secretMatches(body.id, secret)).toBe(true);
    expect(await bed.clients.secretMatches(body.id, `${secret}x`)).toBe(false);
    expect(await bed.clients.secretMatches('another', secret)).toBe(false);
  });

  it('provides a client to oidc-provider without a usable secret', async () => {
    const { id } = await create({ ...WEB, scope: 'openid email patients.read' });
    const found = await bed.clients.find(id);
    expect(found).toMatchObject({
      ...WEB,
      client_id: id,
      scope: 'openid email',
      resource_scopes: ['patients.read'],
      client_secret_expires_at: 0,
    });
    expect(await bed.clients.secretMatches(id, String(found?.['client_secret']))).toBe(false);
    // Otherwise oidc-provider would create the client again each time.
    expect(await bed.clients.find(id)).toEqual(found);
    const { id: open } = await create({ ...WEB, token_endpoint_auth_method: 'none' });
    expect(await bed.clients.find(open)).not.toHaveProperty('client_secret');
  });

  it.each(['nobody', '', 'a\0b', 'x'.repeat(5000), '../admin', '*'])(
    'finds no client %j',
    async (id) => {
      expect(await bed.clients.find(id)).toBeUndefined();
      expect(await bed.clients.mayUsePassword(id)).toBe(false);
      const { status } = await bed.api('GET', `clients/${encodeURIComponent(id || '%00')}`);
      expect(status).toBe(404);
    },
  );

  it('makes a client of a name that was chosen, once', async () => {
    await create({ ...SERVICE, client_id: 'reports' });
    const again = await bed.api('POST', 'clients', {
      metadata: { ...SERVICE, client_id: 'reports' },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('names the faults of metadata', async () => {
    const metadata = { redirect_uris: ['http://app.example.com/callback'], grants: [] };
    const { status, body } = await bed.api('POST', 'clients', { metadata });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_input', details: { issues: expect.any(Array) } });
    const second = await bed.api('POST', 'clients', {
      metadata: { redirect_uris: metadata.redirect_uris },
    });
    expect(second.body.details.issues).toEqual([
      { path: 'metadata.redirect_uris.0', message: expect.stringContaining('must be https') },
    ]);
  });

  it.each(['POST', 'PATCH'])('repeats no unknown member of %s', async (method) => {
    const { id } = await create({ ...SERVICE });
    const path = method === 'POST' ? 'clients' : `clients/${id}`;
    const answer = await bed.api(method, path, { metadata: { ...SERVICE, zzMark: 1 } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(answer.body.details.issues).toEqual([
      { path: 'metadata', message: 'Unknown members are not allowed.' },
    ]);
  });

  it('allows passwords to a client that is marked for them alone', async () => {
    const metadata = { grant_types: ['password'] };
    expect((await bed.api('POST', 'clients', { metadata })).status).toBe(400);
    const { id } = await create(metadata, { passwordGrant: true });
    expect(await bed.clients.mayUsePassword(id)).toBe(true);
    expect((await bed.api('PATCH', `clients/${id}`, { passwordGrant: false })).status).toBe(400);
    const without = { passwordGrant: false, metadata: SERVICE };
    expect((await bed.api('PATCH', `clients/${id}`, without)).status).toBe(200);
    expect(await bed.clients.mayUsePassword(id)).toBe(false);
  });

  it('changes members, and replaces all of them', async () => {
    const { id } = await create({
      ...WEB,
      client_name: 'Old',
      logo_uri: 'https://a.example/l.png',
    });
    expect(await bed.clients.find(id)).toMatchObject({ client_name: 'Old' });
    const patch = { metadata: { client_name: 'New', logo_uri: null } };
    const { body } = await bed.api('PATCH', `clients/${id}`, patch);
    expect(body.metadata).toMatchObject({ ...WEB, client_name: 'New' });
    expect(body.metadata).not.toHaveProperty('logo_uri');
    expect(await bed.clients.find(id)).toMatchObject({ client_name: 'New' });
    await bed.api('PUT', `clients/${id}`, { metadata: SERVICE });
    expect(await bed.clients.find(id)).not.toHaveProperty('client_name');
    const other = { metadata: { ...SERVICE, client_id: 'other' } };
    expect((await bed.api('PUT', `clients/${id}`, other)).status).toBe(409);
    expect((await bed.api('PATCH', 'clients/nobody', patch)).status).toBe(404);
  });

  it('takes the secrets from a client that needs none, and makes one where it does again', async () => {
    const { id, secret } = await create(WEB);
    const open = { metadata: { token_endpoint_auth_method: 'none' } };
    expect((await bed.api('PATCH', `clients/${id}`, open)).body.secrets).toEqual([]);
    expect(await bed.clients.secretMatches(id, secret)).toBe(false);
    const closed = { metadata: { token_endpoint_auth_method: 'client_secret_post' } };
    const { body } = await bed.api('PATCH', `clients/${id}`, closed);
    expect(await bed.clients.secretMatches(id, body.secret)).toBe(true);
    expect(await bed.clients.secretMatches(id, secret)).toBe(false);
  });

  it('removes a client with its tokens, and no other', async () => {
    const [gone, stays] = [await create(SERVICE), await create(SERVICE)];
    await bed.clients.find(gone.id);
    await bed.db.insert(oidcPayloads).values(
      [gone, stays].map(({ id }) => ({
        model: 'ClientCredentials',
        idHash: `token of ${id}`,
        payload: {},
        clientId: id,
      })),
    );
    expect((await bed.api('DELETE', `clients/${gone.id}`)).status).toBe(204);
    expect(await bed.clients.find(gone.id)).toBeUndefined();
    expect(await bed.clients.secretMatches(gone.id, gone.secret)).toBe(false);
    const left = await bed.db.select().from(oidcPayloads);
    expect(left.map(({ clientId }) => clientId)).toEqual([stays.id]);
    expect((await bed.api('DELETE', `clients/${gone.id}`)).status).toBe(404);
  });

  it('lists all clients, page by page, each once', async () => {
    const expected = (await bed.api('GET', 'clients?limit=200')).body;
    expect(expected).not.toHaveProperty('next');
    const ids: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const { status, body } = await bed.api('GET', `clients?limit=2&after=${after}`);
      expect(status).toBe(200);
      expect(body.clients.length).toBeLessThanOrEqual(2);
      ids.push(...body.clients.map(({ id }: { id: string }) => id));
      after = body.next;
    }
    expect(ids).toEqual(expected.clients.map(({ id }: { id: string }) => id));
    expect(new Set(ids).size).toBeGreaterThan(4);
    expect((await bed.api('GET', 'clients?limit=0')).status).toBe(400);
    expect((await bed.api('GET', 'clients?after=%00')).status).toBe(400);
  });

  it('allows readers to read, and other callers nothing', async () => {
    const { id } = await create(WEB);
    const asked = [
      ['GET', 'clients'],
      ['GET', `clients/${id}`],
      ['GET', 'resource-servers'],
      ['POST', 'clients', { metadata: WEB }],
      ['PUT', `clients/${id}`, { metadata: WEB }],
      ['PATCH', `clients/${id}`, {}],
      ['POST', `clients/${id}/secrets`],
      ['DELETE', `clients/${id}/secrets/${id}`],
      ['DELETE', `clients/${id}`],
      ['PUT', 'resource-servers', { identifier: 'https://a.example', scopes: [] }],
      ['DELETE', 'resource-servers/x'],
    ] as const;
    for (const [method, path, body] of asked) {
      const reads = method === 'GET';
      expect([path, (await bed.api(method, path, body, [])).status]).toEqual([path, 403]);
      const reader = await bed.api(method, path, body, ['clients.read']);
      expect([method, path, reader.status]).toEqual([method, path, reads ? 200 : 403]);
    }
  });

  it('keeps resource servers', async () => {
    const server = { identifier: 'https://api.example.com/v1?x=1', scopes: ['patients.read'] };
    const path = `resource-servers/${encodeURIComponent(server.identifier)}`;
    expect((await bed.api('GET', path)).status).toBe(404);
    const made = await bed.api('PUT', 'resource-servers', server);
    const shown = { ...server, accessTokenTtl: null, origin: 'admin' };
    expect(made).toMatchObject({ status: 200, body: shown });
    expect(await bed.servers.find(server.identifier)).toEqual(shown);
    await bed.api('PUT', 'resource-servers', { ...server, accessTokenTtl: 60 });
    expect((await bed.api('GET', path)).body).toEqual({ ...shown, accessTokenTtl: 60 });
    expect((await bed.api('GET', 'resource-servers')).body.resourceServers).toHaveLength(1);
    expect((await bed.api('DELETE', path)).status).toBe(204);
    expect(await bed.servers.find(server.identifier)).toBeUndefined();
    expect((await bed.api('DELETE', path)).status).toBe(404);
    expect(await bed.servers.find('a\0b')).toBeUndefined();
    expect((await bed.api('DELETE', 'resource-servers/a%00b')).status).toBe(404);
  });

  it('makes no other resource server of the platform itself', async () => {
    const own = { identifier: 'http://localhost:4000/api', scopes: [] };
    expect((await bed.api('PUT', 'resource-servers', own)).status).toBe(409);
  });
});
