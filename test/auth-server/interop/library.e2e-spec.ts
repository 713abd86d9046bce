import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IdentityProvider, PatronusModuleOptions } from '@patronus/nestjs';
import { authApi } from '@patronus/nestjs/auth-api';
import { introspection } from '@patronus/nestjs/introspection';
import { oidc } from '@patronus/nestjs/jwt';
import { redisRevocations } from '@patronus/nestjs/redis';
import { eq } from 'drizzle-orm';
import { decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { SigningKeySet } from '../../../apps/auth-server/src/sessions/keys/signing-key-set.js';
import { ResourceServer } from './resource-server.js';
import { API, OAuthBed, PASSWORD, SECRET } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';

const OTHER_API = 'https://other.example.com';
const SIGNED = { scope: 'openid read', resource: API };
const DAY = 24 * 60 * 60;

describe.each(STORAGES)('an API that the library guards believes the platform on %s', (storage) => {
  let bed: OAuthBed;
  let web: client.Configuration;
  let api: ResourceServer;
  const servers: ResourceServer[] = [];

  beforeAll(async () => {
    bed = await OAuthBed.start({
      storage,
      environment: {
        KEY_ROTATION_DAYS: '10',
        RESOURCE_SERVERS: JSON.stringify([
          { identifier: API, scopes: ['read', 'write'] },
          { identifier: OTHER_API, scopes: ['read'] },
        ]),
      },
    });
    web = await bed.relyingParty('web');
    api = await serve(signed());
  });

  afterAll(async () => {
    for (const server of servers) await server.close();
    await bed.close();
  });

  const signed = () => oidc({ issuer: bed.url, audience: API, requireTyp: 'at+jwt' });

  async function serve(
    identityProvider: IdentityProvider,
    more: Partial<PatronusModuleOptions> = {},
  ): Promise<ResourceServer> {
    const server = await ResourceServer.start({ identityProvider, ...more });
    servers.push(server);
    return server;
  }

  const signIn = async (asked: Readonly<Record<string, string>>) => {
    const person = await bed.person();
    return { person, tokens: await tokensFor(web, bed.browser(), person.email, asked) };
  };

  async function logIn({ email }: { readonly email: string }): Promise<string> {
    const credentials = { email, password: PASSWORD };
    const { body } = await bed.platform.api('POST', '/api/v1/auth/login', credentials);
    return String(body.accessToken);
  }

  it('about a person, and what the client may do', async () => {
    const { person, tokens } = await signIn(SIGNED);

    await expect(api.get('patients', tokens.access_token)).resolves.toMatchObject({
      status: 200,
      body: {
        id: person.id,
        issuer: bed.url,
        scopes: ['read'],
        authenticationMethods: ['pwd'],
        sessionId: expect.any(String),
        isService: false,
      },
    });
  });

  it('about a client that acts for itself', async () => {
    const machine = await bed.relyingParty('machine');
    const asked = { resource: API, scope: 'read' };
    const { access_token: token } = await client.clientCredentialsGrant(machine, asked);

    await expect(api.get('patients', token)).resolves.toMatchObject({
      status: 200,
      body: { id: 'machine', scopes: ['read'], isService: true },
    });
  });

  it('that a token without the scope is not for that', async () => {
    const { tokens } = await signIn({ scope: 'openid write', resource: API });

    await expect(api.get('patients', tokens.access_token)).resolves.toMatchObject({
      status: 403,
      body: { code: 'scope_denied' },
    });
    expect((await api.get('whoami', tokens.access_token)).status).toBe(200);
  });

  it.each([
    ['an opaque access token', async () => (await signIn({ scope: 'openid' })).tokens.access_token],
    ['an ID token', async () => (await signIn(SIGNED)).tokens.id_token!],
    [
      'a token for another API',
      async () => (await signIn({ ...SIGNED, resource: OTHER_API })).tokens.access_token,
    ],
    ["a token for the platform's own API", async () => logIn(await bed.person())],
    [
      'a refresh token',
      async () =>
        (await signIn({ scope: 'openid offline_access', prompt: 'consent' })).tokens.refresh_token!,
    ],
  ])('and refuses %s', async (_what, token) => {
    expect((await api.get('whoami', await token())).status).toBe(401);
  });

  it('by introspection where tokens are opaque', async () => {
    const { person, tokens } = await signIn({
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    const server = await serve(
      introspection({
        url: `${bed.url}/oauth/introspect`,
        clientId: 'own',
        clientSecret: SECRET,
        requireTokenType: 'Bearer',
        cache: { ttl: 1 },
      }),
    );

    await expect(server.get('whoami', tokens.access_token)).resolves.toMatchObject({
      status: 200,
      body: { id: person.id, scopes: ['openid', 'offline_access'], sessionId: expect.any(String) },
    });
    expect((await server.get('whoami', tokens.refresh_token!)).status).toBe(401);
    await client.tokenRevocation(web, tokens.access_token);
    await until(true, async () => (await server.get('whoami', tokens.access_token)).status === 401);
  });

  it('by introspection of signed tokens, until the session ends', async () => {
    const { person, tokens } = await signIn(SIGNED);
    const server = await serve(
      introspection({
        url: `${bed.url}/oauth/introspect`,
        clientId: 'own',
        clientSecret: SECRET,
        issuer: bed.url,
        audience: API,
        requireTokenType: 'Bearer',
        cache: { ttl: 1 },
      }),
    );
    expect((await server.get('patients', tokens.access_token)).status).toBe(200);

    await bed.platform.api('POST', '/api/v1/auth/logout-all', undefined, await logIn(person));

    await until(
      true,
      async () => (await server.get('patients', tokens.access_token)).status === 401,
    );
  });

  it('by asking /api/me with the token of the caller', async () => {
    const person = await bed.person();
    const token = await logIn(person);
    const server = await serve(authApi({ url: bed.url, cache: { ttl: 1 } }));

    await expect(server.get('whoami', token)).resolves.toMatchObject({
      status: 200,
      body: {
        id: person.id,
        email: person.email,
        emailVerified: true,
        roles: [],
        platformRoles: ['END_USER'],
      },
    });
    await bed.platform.api('POST', '/api/v1/auth/logout', undefined, token);
    await until(true, async () => (await server.get('whoami', token)).status === 401);
  });

  it.each(['END_USER', 'SYSTEM_ADMIN'] as const)(
    'with the same authority, whichever way it asks: %s',
    async (role) => {
      const person = await bed.person();
      await bed.db.update(accounts).set({ role }).where(eq(accounts.id, person.id));
      const token = await logIn(person);
      const permissions = {
        roles: { END_USER: ['patients.read'], SYSTEM_ADMIN: ['*'] },
        platformRoles: { SYSTEM_ADMIN: ['*'] },
      } as const;
      const providers = [
        oidc({ issuer: bed.url, audience: `${bed.url}/api`, strict: true }),
        introspection({
          url: `${bed.url}/oauth/introspect`,
          clientId: 'own',
          clientSecret: SECRET,
          issuer: bed.url,
          audience: `${bed.url}/api`,
        }),
        authApi({ url: bed.url, issuer: bed.url }),
      ];
      for (const provider of providers) {
        const server = await serve(provider, { permissions });
        await expect(server.get('whoami', token)).resolves.toMatchObject({
          status: 200,
          body: {
            id: person.id,
            issuer: bed.url,
            provider: provider.name,
            email: person.email,
            isService: false,
            roles: [],
            permissions: [],
            platformRoles: [role],
            platformPermissions: [],
          },
        });
        const isAdministrator = role === 'SYSTEM_ADMIN';
        expect((await server.get('platform', token)).status).toBe(isAdministrator ? 200 : 403);
        expect((await server.get('tenant', token)).status).toBe(403);
      }
    },
  );

  const isShared = storage === 'PostgreSQL + Redis';
  if (isShared)
    it('until a session ends: within a second', async () => {
      const { person, tokens } = await signIn(SIGNED);
      const { REDIS_URL: url = '', REDIS_PREFIX: prefix = '' } = bed.platform.storage.environment;
      const server = await serve(signed(), { revocations: redisRevocations({ url, prefix }) });
      const ask = () => server.get('patients', tokens.access_token);
      await until(true, async () => (await ask()).status === 200);
      const other = await signIn(SIGNED);

      await bed.platform.api('POST', '/api/v1/auth/logout-all', undefined, await logIn(person));
      const endedAt = performance.now();
      await until(true, async () => (await ask()).status === 401);

      expect(performance.now() - endedAt).toBeLessThan(1000);
      await expect(ask()).resolves.toMatchObject({ status: 401, body: { code: 'token_revoked' } });
      expect((await server.get('patients', other.tokens.access_token)).status).toBe(200);
    });

  // The last: afterwards the platform's clock is ahead. oidc-provider dates tokens by the real one.
  it('through a change of keys, which it hears of from the token', async () => {
    const keys = bed.app.get(SigningKeySet, { strict: false });
    const before = (await signIn(SIGNED)).tokens.access_token;
    expect((await api.get('patients', before)).status).toBe(200);
    const { kid } = keys.signingKey('ES256');
    expect(decodeProtectedHeader(before).kid).toBe(kid);

    for (let day = 0; day < 10; day += 1) {
      bed.clock.advance(DAY);
      await keys.reload();
    }

    const after = (await signIn(SIGNED)).tokens.access_token;
    expect(decodeProtectedHeader(after).kid).not.toBe(kid);
    expect((await api.get('patients', after)).status).toBe(200);
    // Not known to a server that starts now.
    const fresh = await serve(signed());
    expect((await fresh.get('patients', before)).status).toBe(200);
    expect((await fresh.get('patients', after)).status).toBe(200);
  });
});
