import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestIssuer } from '../../testing/index.js';
import { askForMetadata, discover, urlNamedIn } from '../../remote/issuer-metadata.js';
import { keycloak, oidc } from './index.js';

/** Server with the given answers, and 404 for other paths. */
class Documents {
  readonly asked: string[] = [];
  readonly answers = new Map<string, readonly [status: number, body: string]>();
  readonly #server = createServer(({ url = '' }, response) => {
    this.asked.push(url);
    const [status, body] = this.answers.get(url) ?? [404, ''];
    response.writeHead(status).end(body);
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  publish(path: string, document: object): void {
    this.answers.set(path, [200, JSON.stringify(document)]);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const OPENID = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';

let documents: Documents;
let origin: string;
/** Signs the tokens, and publishes the keys, of issuers whose metadata is in {@link documents}. */
let signer: TestIssuer;

beforeEach(async () => {
  documents = new Documents();
  origin = await documents.listen();
  signer = await TestIssuer.start({ algorithm: 'ES256' });
});
afterEach(() => Promise.all([documents.stop(), signer.stop()]));

const known = (issuer: string, ...insecureHosts: readonly string[]) => ({ issuer, insecureHosts });
const publish = (path: string, issuer: string, members: object = {}) =>
  documents.publish(path, { issuer, jwks_uri: signer.jwksUri, ...members });

describe('an issuer with the metadata of RFC 8414 only', () => {
  it.each([
    ['', OAUTH],
    ['/', OAUTH],
    ['/tenant', `${OAUTH}/tenant`],
    ['/tenant/', `${OAUTH}/tenant`],
    ['/a/b%20c', `${OAUTH}/a/b%20c`],
  ])('is discovered, with its path inserted: "%s"', async (path, expected) => {
    const issuer = `${origin}${path}`;
    publish(expected, issuer);
    const provider = oidc({ issuer, audience: 'test' });
    const token = await signer.token({ iss: issuer });
    await expect(provider.authenticate({ scheme: 'bearer', token })).resolves.toMatchObject({
      issuer,
    });
    expect(documents.asked).toEqual([`${path.replace(/\/$/, '')}${OPENID}`, expected]);
  });

  it('works for every provider that discovers', async () => {
    const issuer = `${origin}/realms/novah`;
    publish(`${OAUTH}/realms/novah`, issuer);
    await keycloak({ url: origin, realm: 'novah', audience: 'test' }).warmUp();
    expect(documents.asked).toHaveLength(2);
  });

  it.each([
    ['another issuer', { issuer: 'https://evil.example' }, 'does not name the issuer'],
    ['none', { issuer: undefined }, 'does not name the issuer'],
    ['no jwks_uri', { jwks_uri: undefined }, 'names no https jwks_uri'],
    ['a jwks_uri over http', { jwks_uri: 'http://keys.example' }, 'names no https jwks_uri'],
  ])('is not believed where it names %s', async (_what, members, message) => {
    publish(OAUTH, origin, members);
    await expect(discover(known(origin), 'jwks_uri')).rejects.toThrow(
      `${origin}${OAUTH} ${message}`,
    );
  });

  it.each([200, 301, 401, 500])(
    'is not asked for it where OpenID Connect Discovery answers %i',
    async (status) => {
      documents.answers.set(OPENID, [status, '{}']);
      publish(OAUTH, origin);
      await expect(discover(known(origin), 'jwks_uri')).rejects.toThrow(OPENID);
      expect(documents.asked).toEqual([OPENID]);
    },
  );

  it('is reported by its first document where there is neither', async () => {
    const answer = await askForMetadata(known(origin));
    expect(answer).toMatchObject({ url: `${origin}${OPENID}`, status: 404 });
    await expect(discover(known(origin), 'jwks_uri')).rejects.toThrow(
      `${origin}${OPENID}: status 404`,
    );
  });
});

describe('the keys that metadata names', () => {
  const named = (jwks_uri: unknown, issuer: string, ...hosts: readonly string[]) =>
    urlNamedIn({ jwks_uri }, 'jwks_uri', known(issuer, ...hosts));

  it('never lead from a remote issuer to this machine', () => {
    for (const host of ['127.0.0.1', '127.0.0.2', 'localhost', 'keys.localhost', '[::1]']) {
      const jwksUri = `http://${host}:8080/jwks`;
      expect(named(jwksUri, 'https://id.example')).toBeUndefined();
      expect(named(jwksUri, 'http://keycloak', 'keycloak')).toBeUndefined();
      expect(named(jwksUri, 'http://127.0.0.1:1')).toBe(jwksUri);
    }
  });

  it('are taken over http from the hosts that the options name', () => {
    const jwksUri = 'http://keycloak:8080/jwks';
    expect(named(jwksUri, 'https://id.example')).toBeUndefined();
    expect(named(jwksUri, 'https://id.example', 'keycloak')).toBe(jwksUri);
    expect(named('http://10.0.0.1/jwks', 'http://keycloak', 'keycloak')).toBeUndefined();
  });
});
