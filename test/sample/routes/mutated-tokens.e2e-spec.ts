import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADAPTERS, ClinicUnderTest, demoUser } from '../support/clinic-under-test.js';
import { send } from '../support/raw-request.js';
import { mutatedTokens } from './token-mutations.js';

const COUNT = 10_000;
const CONNECTIONS = 32;
const PATHS = ['/patients', '/me', '/greeting', '/staff', '/audit'];
const REFUSED = new Set([400, 401]);

interface Surprise {
  readonly token: string;
  readonly path: string;
  readonly status: number;
}

describe.each(ADAPTERS)('ten thousand mutated tokens on %s', (adapter) => {
  let clinic: ClinicUnderTest;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  beforeAll(async () => {
    clinic = await ClinicUnderTest.start(adapter);
  });

  afterAll(async () => {
    agent.destroy();
    await clinic.close();
  });

  async function statusOf(token: string, path: string): Promise<number> {
    const headers = { Authorization: `Bearer ${token}` };
    const { status } = await send({ port: clinic.port, path, headers, agent });
    return status;
  }

  it('are refused, every one', async () => {
    const receptionist = await clinic.issuer.mint(demoUser('receptionist'));
    const admin = await clinic.issuer.mint(demoUser('tenant-admin'));
    const secrets = await publicKeysOf(clinic.issuer.issuer);
    const tokens = mutatedTokens([receptionist, admin], secrets, COUNT);
    const surprises: Surprise[] = [];
    expect(await statusOf(receptionist, '/patients')).toBe(200);

    const queue = tokens.entries();
    const worker = async () => {
      for (const [index, token] of queue) {
        const path = PATHS[index % PATHS.length] ?? '/';
        const status = await statusOf(token, path);
        if (!REFUSED.has(status)) surprises.push({ token, path, status });
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));

    expect(tokens).toHaveLength(COUNT);
    expect(surprises).toEqual([]);
    expect(await statusOf(receptionist, '/patients')).toBe(200);
    expect(await statusOf(admin, '/staff')).toBe(200);
  }, 60_000);
});

/** Returns the issuer's public key in each spelling that has led a verifier to accept HMAC. */
async function publicKeysOf(issuer: string): Promise<string[]> {
  const response = await fetch(`${issuer}/jwks`);
  const { keys }: { keys: JsonWebKey[] } = JSON.parse(await response.text());
  return keys.flatMap((jwk) => {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const spki = key.export({ type: 'spki', format: 'pem' }).toString();
    const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' }).toString();
    return [spki, spki.trim(), ` \n${spki}`, pkcs1, JSON.stringify(jwk), jwk.n ?? ''];
  });
}
