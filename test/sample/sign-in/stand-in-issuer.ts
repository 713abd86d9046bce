import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type InteractionResults, type JWKS, Provider } from 'oidc-provider';

const CLIENT = 'sample';

/** A real OpenID Connect issuer. The person in `person` signs in without a prompt. */
export class StandInIssuer {
  /** The next person to sign in. Undefined for a person who declines. */
  person: string | undefined = 'ana';
  /** The resource server of the next tokens, if it is not the requested one. */
  audience: string | undefined;
  /** The number of presented codes. */
  exchanges = 0;

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(clinic: string): Promise<StandInIssuer> {
    const server = createServer();
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const issuer = new StandInIssuer(`http://localhost:${port}`, server);
    const provider = await issuer.provider(clinic);
    const callback = provider.callback();
    server.on('request', (request, response) => {
      const { url = '' } = request;
      if (url.startsWith('/token')) issuer.exchanges += 1;
      void (url.startsWith('/interaction/')
        ? provider.interactionFinished(request, response, issuer.decision)
        : callback(request, response));
    });
    return issuer;
  }

  private get decision(): InteractionResults {
    return this.person === undefined
      ? { error: 'access_denied', error_description: 'declined' }
      : { login: { accountId: this.person } };
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async provider(clinic: string): Promise<Provider> {
    const jwks = await keys();
    return quietly(() => this.make(clinic, jwks));
  }

  private make(clinic: string, jwks: JWKS): Provider {
    return new Provider(this.url, {
      jwks,
      ttl: { AccessToken: 900, Grant: 900, IdToken: 900, Interaction: 900, Session: 900 },
      clients: [
        {
          client_id: CLIENT,
          token_endpoint_auth_method: 'none',
          redirect_uris: [`${clinic}/sign-in/callback`],
          post_logout_redirect_uris: [`${clinic}/`],
        },
      ],
      cookies: { keys: ['a key of this test'] },
      features: {
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_ctx, identifier) => ({
            scope: '',
            audience: this.audience ?? identifier,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
      findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      loadExistingGrant: async ({ oidc }) => {
        const known = await oidc.provider.Grant.find(oidc.session?.grantIdFor(CLIENT) ?? '');
        if (known !== undefined) return known;
        const grant = new oidc.provider.Grant({
          accountId: oidc.session?.accountId ?? '',
          clientId: CLIENT,
        });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
      pkce: { required: () => true },
    });
  }
}

async function keys(): Promise<JWKS> {
  const made = ['ES256', 'RS256'].map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(privateKey)), kid: alg, alg, use: 'sig' };
  });
  return { keys: await Promise.all(made) } as JWKS;
}

/** Suppresses its warning that it keeps everything in memory, which is intended in a test. */
function quietly<Result>(work: () => Result): Result {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return work();
  } finally {
    console.warn = warn;
  }
}
