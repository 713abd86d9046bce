import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { localServer } from './local-server.mjs';
import { followRedirects } from './user-agent.mjs';

export const REDIRECT = 'https://app.novah.example/callback';
const SECRET = 'a secret of this test, and of nothing else';

const confidential = {
  client_secret: SECRET,
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'client_secret_basic',
};

const CLIENTS = [
  {
    client_id: 'web',
    token_endpoint_auth_method: 'none',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code'],
  },
  { ...confidential, client_id: 'service', grant_types: ['client_credentials'] },
  { ...confidential, client_id: 'api', grant_types: [] },
];

async function signingKeys(algorithms, generation) {
  return Promise.all(
    algorithms.map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg}-${generation}` };
    }),
  );
}

/** An API (RFC 8707) is named by what its tokens are: `https://ES256.example`, `https://opaque.example`. */
export const resourceOf = (kind) => `https://${kind}.example/`;

function resourceServer(resource) {
  const kind = /^https:\/\/([^.]+)\.example\/$/.exec(resource)[1];
  const common = { scope: 'patients.read', audience: resource, accessTokenTTL: 300 };
  if (kind === 'opaque') return { ...common, accessTokenFormat: 'opaque' };
  return { ...common, accessTokenFormat: 'jwt', jwt: { sign: { alg: kind } } };
}

/** Signs every person in as `ana`, and grants the requested resource. */
function interact(provider) {
  return async (request, response) => {
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') {
      const result = { login: { accountId: 'ana' } };
      return provider.interactionFinished(request, response, result);
    }
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid');
    grant.addResourceScope(params.resource, 'patients.read');
    const result = { consent: { grantId: await grant.save() } };
    return provider.interactionFinished(request, response, result);
  };
}

/** oidc-provider, which signs with each of the algorithms, on a port of its own. */
export class OidcIssuer {
  #generation = 0;

  constructor(server, algorithms) {
    this.server = server;
    this.algorithms = algorithms;
    this.url = server.url;
  }

  static async start(algorithms) {
    const issuer = new OidcIssuer(await localServer(), algorithms);
    await issuer.rotate();
    return issuer;
  }

  /** Restarts under the same name, with other keys. */
  async rotate() {
    this.#generation += 1;
    const provider = new Provider(this.url, {
      clients: CLIENTS,
      jwks: { keys: await signingKeys(this.algorithms, this.#generation) },
      cookies: { keys: [randomBytes(32).toString('hex')] },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      pkce: { required: () => true },
      ttl: {
        AccessToken: 300,
        ClientCredentials: 300,
        Grant: 300,
        IdToken: 300,
        Interaction: 300,
        Session: 300,
      },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        dPoP: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_, resource) => resourceServer(resource),
          useGrantedResource: () => true,
        },
      },
    });
    const answer = provider.callback();
    const interaction = interact(provider);
    this.server.handle((request, response) => {
      const isInteraction = request.url.startsWith('/interaction/');
      return isInteraction ? interaction(request, response) : answer(request, response);
    });
  }

  /** The authorization code flow with PKCE (RFC 7636), by a browser. */
  async codeFlow(kind, headers) {
    const verifier = randomBytes(48).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'web',
      redirect_uri: REDIRECT,
      scope: 'openid patients.read',
      resource: resourceOf(kind),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const end = await followRedirects(`${this.url}/auth?${query}`, REDIRECT);
    assert.equal(end.searchParams.get('error'), null, end.href);
    return this.#requestToken(
      {
        grant_type: 'authorization_code',
        client_id: 'web',
        code: end.searchParams.get('code'),
        redirect_uri: REDIRECT,
        code_verifier: verifier,
      },
      headers,
    );
  }

  /** Client credentials (RFC 6749, section 4.4). */
  clientCredentials(kind) {
    return this.#requestToken(
      { grant_type: 'client_credentials', scope: 'patients.read', resource: resourceOf(kind) },
      {
        authorization: `Basic ${Buffer.from(`service:${encodeURIComponent(SECRET)}`).toString('base64')}`,
      },
    );
  }

  /** Returns the settings that an API needs to introspect opaque tokens (RFC 7662). */
  get introspection() {
    return { url: `${this.url}/token/introspection`, clientId: 'api', clientSecret: SECRET };
  }

  async #requestToken(parameters, headers) {
    const body = new URLSearchParams(parameters);
    const answer = await fetch(`${this.url}/token`, { method: 'POST', body, headers });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  }
}
