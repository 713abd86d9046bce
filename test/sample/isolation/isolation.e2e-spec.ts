import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DemoIssuer } from '../../../apps/sample/src/demo/demo-issuer.js';
import { ADAPTERS, adapterFor, listenOnFreePort } from '../support/clinic-under-test.js';
import { Barrier, CrowdModule } from './crowd.module.js';
import { send } from '../support/raw-request.js';

const REQUESTS = 1_000;
const TENANTS = 100;

interface Caller {
  readonly seed: number;
  readonly user: string;
  readonly tenant: string;
  readonly token: string;
}

let issuer: DemoIssuer;
let callers: Caller[];

beforeAll(async () => {
  issuer = await DemoIssuer.start();
  callers = await Promise.all(Array.from({ length: REQUESTS }, (_, seed) => callerFor(seed)));
});

afterAll(() => issuer.onApplicationShutdown());

/**
 * Returns a caller. Half of the users have the same id in every clinic, and every token has the
 * same `jti`.
 */
async function callerFor(seed: number): Promise<Caller> {
  const tenant = `tenant-${String(seed % TENANTS).padStart(3, '0')}`;
  const user = seed % 2 === 0 ? 'everywhere' : `user-of-${tenant}`;
  const token = await issuer.sign({
    iss: issuer.issuer,
    aud: issuer.audience,
    sub: user,
    jti: 'shared',
    exp: Math.floor(Date.now() / 1000) + 900,
    empresa_id: tenant,
  });
  return { seed, user, tenant, token };
}

describe.each(ADAPTERS)('a thousand requests at once on %s', (adapter) => {
  let app: INestApplication;
  let port: number;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    app = await NestFactory.create(CrowdModule.for(issuer), adapterFor(adapter), {
      logger: false,
      abortOnError: false,
    });
    app.get(Barrier).size = REQUESTS;
    port = await listenOnFreePort(app);
  });

  afterAll(async () => {
    agent.destroy();
    await app.close();
  });

  async function observe({ seed, tenant, token }: Caller) {
    const headers = { Authorization: `Bearer ${token}`, 'x-empresa-id': tenant };
    const { status, text } = await send({ port, path: `/crowd/${seed}`, headers, agent });
    const body: unknown = JSON.parse(text);
    return { status, body };
  }

  it('show no value of another tenant, anywhere', async () => {
    const answers = await Promise.all(callers.map(observe));
    const expected = callers.map(({ seed, user, tenant }) =>
      seed % 7 === 0
        ? {
            status: 409,
            body: { statusCode: 409, error: 'Conflict', message: `${tenant} is in conflict` },
          }
        : { status: 200, body: { user, claimed: tenant, seen: Array(7).fill(tenant) } },
    );
    expect(answers).toEqual(expected);
  }, 60_000);
});
