import { createHash, randomUUID, type JsonWebKey } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { calculateJwkThumbprint } from 'jose';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { TestKey, type TestAlgorithm } from '../../testing/test-key.js';
import type { PresentedCredential } from '../presented-credential.js';

type Members = Readonly<Record<string, unknown>>;

/** Access token that a proof is made for by default. */
export const TOKEN = 'the-access-token';
export const CREDENTIAL: PresentedCredential = { scheme: 'bearer', via: 'dpop', token: TOKEN };
export const ATH = createHash('sha256').update(TOKEN).digest('base64url');

/** Caller that holds a key, and makes proofs with it. By default they are valid. */
export class DPoPCaller {
  private constructor(
    private readonly key: TestKey,
    readonly jwk: JsonWebKey,
    readonly thumbprint: string,
  ) {}

  static async create(algorithm: TestAlgorithm = 'ES256'): Promise<DPoPCaller> {
    const key = await TestKey.generate(algorithm);
    const { kid: _kid, alg: _alg, use: _use, ...jwk } = key.jwk;
    return new DPoPCaller(key, jwk, await calculateJwkThumbprint({ ...jwk }));
  }

  /** An undefined member is left out. */
  proof(claims: Members = {}, header: Members = {}): string {
    return this.sign(JSON.stringify(this.header(header)), JSON.stringify(this.claims(claims)));
  }

  header(members: Members = {}): Members {
    return { typ: 'dpop+jwt', alg: this.key.algorithm, jwk: this.jwk, ...members };
  }

  claims(members: Members = {}): Members {
    return {
      jti: randomUUID(),
      htm: 'GET',
      htu: 'http://api.example/notes',
      iat: Math.floor(Date.now() / 1000),
      ath: ATH,
      ...members,
    };
  }

  sign(header: string, payload: string): string {
    return this.key.sign(header, payload);
  }

  identity(fields: Partial<IdentityFields> = {}): Identity {
    return new Identity({
      id: 'ana',
      issuer: 'https://id.example',
      provider: 'test',
      expiresAt: Date.now() / 1000 + 300,
      confirmation: { jkt: this.thumbprint },
      ...fields,
    });
  }
}

/** Returns a request as Node's HTTP server provides it. */
export function messageWith(
  proof: string | undefined,
  { method = 'GET', url = '/notes', host = 'api.example' } = {},
): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.method = method;
  message.url = url;
  message.headers.host = host;
  if (proof !== undefined) message.headers['dpop'] = proof;
  return message;
}
