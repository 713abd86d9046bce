import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import { CLIENTS, RESOURCE } from '../clients.mjs';
import { grantRefreshToken } from './grants.mjs';

const DAY = 24 * 60 * 60;

/**
 * oidc-provider with what the platform switches on that these endpoints pass through, and nothing
 * behind it. Its memory forgets all but the last thousand things, so it gets one without that bound.
 */
export async function start({ people = 0 }) {
  const memory = new Map();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, {
    adapter: (model) => new MemoryAdapter(model, memory),
    clients: CLIENTS.map(withOpenIdScopes),
    conformIdTokenClaims: true,
    cookies: { keys: [randomUUID()] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: { enabled: true, getResourceServerInfo },
      revocation: { enabled: true },
      userinfo: { enabled: true },
    },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com` }),
    }),
    jwks: { keys: [await newKey('ES256'), await newKey('RS256')] },
    pkce: { required: () => true },
    responseTypes: ['code'],
    rotateRefreshToken: true,
    scopes: ['openid', 'email', 'offline_access'],
    ttl: {
      AccessToken: 3600,
      ClientCredentials: 3600,
      Grant: DAY,
      IdToken: 3600,
      RefreshToken: DAY,
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  return { url, paths: PATHS, people: await makePeople(provider, people) };
}

const PATHS = { token: '/token', introspection: '/token/introspection' };

/** Here those of resource servers are no scopes of clients. */
function withOpenIdScopes({ scope, ...client }) {
  return scope.includes('openid') ? { ...client, scope } : client;
}

function getResourceServerInfo() {
  return {
    audience: RESOURCE,
    scope: 'read',
    accessTokenFormat: 'jwt',
    accessTokenTTL: 3600,
    jwt: { sign: { alg: 'ES256' } },
  };
}

async function newKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: alg };
}

async function makePeople(provider, count) {
  const people = [];
  for (let index = 0; index < count; index += 1) {
    people.push({ refreshToken: await grantRefreshToken(provider, `person-${index}`) });
  }
  return people;
}
