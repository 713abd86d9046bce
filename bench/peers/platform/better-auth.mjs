import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { hashPassword } from 'better-auth/crypto';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import pg from 'pg';
import {
  CLIENTS,
  MACHINE,
  PASSWORD,
  RESOURCE,
  SCOPE,
  SECRET,
  WEB,
} from '../../platform/clients.mjs';

const DAY = 24 * 60 * 60 * 1000;
const PATHS = {
  token: '/api/auth/oauth2/token',
  introspection: '/api/auth/oauth2/introspect',
  login: '/api/auth/sign-in/email',
};

/** Better Auth with its OAuth provider, signing with ES256, on PostgreSQL or on SQLite in memory. */
export async function start({ people = 0, databaseUrl }) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const auth = betterAuth({
    baseURL: url,
    secret: SECRET,
    database:
      databaseUrl === undefined
        ? new DatabaseSync(':memory:')
        : new pg.Pool({ connectionString: databaseUrl }),
    emailAndPassword: { enabled: true },
    disabledPaths: ['/token'],
    logger: { level: 'error' },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [
      jwt({ jwks: { keyPairConfig: { alg: 'ES256' } }, disableSettingJwtHeader: true }),
      oauthProvider({
        loginPage: '/sign-in',
        consentPage: '/consent',
        scopes: [...SCOPE.split(' '), 'read'],
        validAudiences: [RESOURCE],
        silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
      }),
    ],
  });
  await (await getMigrations(auth.options)).runMigrations();
  const { adapter } = await auth.$context;
  await makeClients(adapter);
  const answer = toNodeHandler(auth);
  server.on('request', (request, response) => void answer(request, response));
  return { url, paths: PATHS, people: await makePeople(adapter, people) };
}

async function makeClients(adapter) {
  for (const { client_id: clientId, redirect_uris: redirectUris, ...said } of CLIENTS) {
    await adapter.create({
      model: 'oauthClient',
      data: {
        clientId,
        clientSecret: digest(SECRET),
        redirectUris,
        scopes: said.scope.split(' '),
        grantTypes: said.grant_types,
        tokenEndpointAuthMethod: 'client_secret_basic',
        type: 'web',
        requirePKCE: clientId !== MACHINE,
        createdAt: new Date(),
        updatedAt: new Date(),
      },
    });
  }
}

async function makePeople(adapter, count) {
  const password = await hashPassword(PASSWORD);
  const people = [];
  for (let index = 0; index < count; index += 1) {
    people.push(await makePerson(adapter, `person-${index}@example.com`, password));
  }
  return people;
}

async function makePerson(adapter, email, password) {
  const now = new Date();
  const dates = { createdAt: now, updatedAt: now };
  const user = await adapter.create({
    model: 'user',
    data: { email, name: 'Ana Souza', emailVerified: true, ...dates },
  });
  await adapter.create({
    model: 'account',
    data: { userId: user.id, accountId: user.id, providerId: 'credential', password, ...dates },
  });
  const session = await adapter.create({
    model: 'session',
    data: {
      userId: user.id,
      token: randomBytes(24).toString('base64url'),
      expiresAt: new Date(now.getTime() + DAY),
      ...dates,
    },
  });
  const refreshToken = randomBytes(24).toString('base64url');
  await adapter.create({
    model: 'oauthRefreshToken',
    data: {
      token: digest(refreshToken),
      clientId: WEB,
      sessionId: session.id,
      userId: user.id,
      scopes: SCOPE.split(' '),
      authTime: now,
      createdAt: now,
      expiresAt: new Date(now.getTime() + DAY),
    },
  });
  return { email, refreshToken };
}

/** As its `hashed` storage keeps tokens and secrets. */
function digest(value) {
  return createHash('sha256').update(value).digest('base64url');
}
