import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OnApplicationShutdown } from '@nestjs/common';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { TrustedIssuer } from '../settings/sign-in-settings.js';
import type { DemoUser } from './demo-user.js';

const FIFTEEN_MINUTES = 15 * 60;
const ALGORITHM = 'RS256';
const KEY_ID = 'demo';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** A small OpenID Connect issuer on a port of its own, with real keys and a JWKS, but without a login. */
export class DemoIssuer implements TrustedIssuer, OnApplicationShutdown {
  readonly audience = 'clinic-api';

  private constructor(
    readonly issuer: string,
    private readonly server: Server,
    private readonly privateKey: PrivateKey,
  ) {}

  static async start(): Promise<DemoIssuer> {
    if (process.env['NODE_ENV'] === 'production') {
      throw new Error(
        'The demo issuer gives tokens to every caller, so it does not run in production.',
      );
    }
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
    const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ALGORITHM, use: 'sig' };
    const server = createServer().unref();
    const issuer = await listen(server);
    const documents = new Map<string | undefined, object>([
      ['/.well-known/openid-configuration', { issuer, jwks_uri: `${issuer}/jwks` }],
      ['/jwks', { keys: [jwk] }],
    ]);
    server.on('request', ({ url }, response) => {
      const document = documents.get(url);
      response.writeHead(document ? 200 : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(document ?? { error: 'not_found' }));
    });
    return new DemoIssuer(issuer, server, privateKey);
  }

  /** Issues a token for a demo user. `overrides` replace its claims. */
  mint(demoUser: DemoUser, overrides: JWTPayload = {}): Promise<string> {
    const { user, name, tenant, roles, platformRoles } = demoUser;
    const now = Math.floor(Date.now() / 1000);
    return this.sign({
      iss: this.issuer,
      aud: this.audience,
      sub: user,
      name,
      email: `${user}@clinic.example`,
      iat: now,
      exp: now + FIFTEEN_MINUTES,
      ...(tenant !== null && { empresa_id: tenant }),
      roles,
      ...(platformRoles.length > 0 && { platform_roles: platformRoles }),
      ...overrides,
    });
  }

  sign(claims: JWTPayload): Promise<string> {
    const header = { alg: ALGORITHM, kid: KEY_ID, typ: 'JWT' };
    return new SignJWT(claims).setProtectedHeader(header).sign(this.privateKey);
  }

  async onApplicationShutdown(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${portOf(server.address())}`;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The issuer has no port.');
  return address.port;
}
