import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { INestApplication, INestMicroservice } from '@nestjs/common';
import {
  type ClientProxy,
  ClientProxyFactory,
  NatsRecordBuilder,
  RmqRecordBuilder,
} from '@nestjs/microservices';
import { InMemoryRevocations, TenantContext } from '@patronus/nestjs';
import { TestIssuer } from '@patronus/nestjs/testing';
import { calculateThumbprint, generateKeyPair, generateProof } from 'dpop';
import { firstValueFrom } from 'rxjs';
import { withIdentity } from '@patronus/nestjs/microservices';
import { until } from '../../environment/until.js';
import { BROKERS } from './brokers.js';
import { outcomeOf } from './outcome.js';
import {
  firstService,
  guardedBy,
  lastService,
  middleService,
  moduleOf,
  startHttp,
  startService,
} from './relay.js';

describe.each(BROKERS)('withIdentity over %s', (name, broker) => {
  const run = randomUUID();
  const patterns = { relay: `${run}.relay`, ask: `${run}.ask`, tell: `${run}.tell` };
  const heard: unknown[] = [];
  const revocations = new InMemoryRevocations();
  const clients: ClientProxy[] = [];
  let issuer: TestIssuer;
  let first: INestApplication;
  let middle: INestMicroservice;
  let last: INestMicroservice;
  let toLast: ClientProxy;
  let ana: string;
  let beto: string;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const tokenOf = (sub: string) => issuer.token({ sub, empresas: ['norte', 'sur'] });
    [ana, beto] = await Promise.all([tokenOf('ana'), tokenOf('beto')]);
    const connections = await Promise.all([broker.connection(), broker.connection()]);
    const [ofMiddle, ofLast] = connections;
    for (const { caller } of [ofMiddle, ofLast]) clients.push(ClientProxyFactory.create(caller));
    const [toMiddle, toLastAlone] = clients.map((client) => withIdentity(client));
    if (toMiddle === undefined || toLastAlone === undefined) throw new Error('no clients');
    toLast = toLastAlone;
    last = await startService(
      moduleOf(guardedBy(issuer.url, revocations), lastService(patterns, heard)),
      ofLast.service,
    );
    middle = await startService(
      moduleOf(guardedBy(issuer.url), middleService(patterns, toLast)),
      ofMiddle.service,
    );
    first = await startHttp(
      moduleOf(guardedBy(issuer.url), firstService(patterns, { middle: toMiddle, last: toLast })),
    );
  });
  beforeEach(() => {
    heard.length = 0;
  });
  afterAll(async () => {
    for (const client of clients) await client.close();
    for (const app of [first, middle, last]) await app.close();
    await issuer.stop();
  });

  async function get(path: string, headers: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${await first.getUrl()}/${path}`, { headers });
    const text = await response.text();
    return response.ok ? JSON.parse(text || 'null') : { status: response.status, text };
  }
  const as = (token: string, tenant: string) => ({
    authorization: `Bearer ${token}`,
    'x-empresa-id': tenant,
  });

  it('keeps the caller and the tenant through two hops', async () => {
    expect(await get('relay', as(ana, 'sur'))).toEqual({ payload: {}, user: 'ana', tenant: 'sur' });
    expect(await get('relay', as(beto, 'norte'))).toEqual({
      payload: {},
      user: 'beto',
      tenant: 'norte',
    });
  });

  it('has both checked again at each hop', async () => {
    const carla = await issuer.token({ sub: 'carla', empresas: ['norte'] });
    expect(await get('relay', as(carla, 'norte'))).toMatchObject({ user: 'carla' });
    await revocations.revoke({ user: 'carla' });
    expect(await get('relay', as(carla, 'norte'))).toEqual({
      refused: expect.objectContaining({ status: 'error', code: 'token_revoked' }),
    });
  });

  it('hears answers in the context of the call', async () => {
    const answers = await Promise.all(
      ['norte', 'sur', 'norte', 'sur'].map((tenant) => get('after', as(ana, tenant))),
    );
    expect(answers).toEqual(
      ['norte', 'sur', 'norte', 'sur'].map((tenant) => ({
        payload: {},
        user: 'ana',
        tenant,
        after: tenant,
      })),
    );
  });

  it('sends events with it, at once', async () => {
    await get('tell', as(beto, 'sur'));
    await until(1, () => heard.length);
    expect(heard).toEqual([{ user: 'beto', tenant: 'sur' }]);
  });

  it('sends a token that came in a cookie', async () => {
    const headers = { cookie: `session=${ana}`, 'x-empresa-id': 'norte' };
    expect(await get('after', headers)).toMatchObject({ user: 'ana', tenant: 'norte' });
  });

  it('sends nothing for a caller who is nobody', async () => {
    expect(await get('anonymous', {})).toMatchObject({ status: 401 });
    expect(await get('anonymous', as(ana, 'sur'))).toMatchObject({ user: 'ana' });
  });

  it('refuses a token that is bound to a key', async () => {
    const keys = await generateKeyPair('ES256');
    const cnf = { jkt: await calculateThumbprint(keys.publicKey) };
    const token = await issuer.token({ sub: 'ana', empresas: ['norte'], cnf });
    const url = `${await first.getUrl()}/after`;
    const proof = await generateProof(keys, url, 'GET', undefined, token);
    const answer = await get('after', {
      authorization: `DPoP ${token}`,
      dpop: proof,
      'x-empresa-id': 'norte',
    });
    expect(answer).toMatchObject({ status: 500 });
  });

  it('throws in a job, and says what to do', () => {
    const tenant = first.get(TenantContext);
    expect(() => tenant.run('sur', () => toLast.send(patterns.ask, {}))).toThrow(
      expect.objectContaining({
        code: 'token_missing',
        reason: expect.stringContaining('withIdentity(client, { token })'),
      }),
    );
    expect(() => toLast.emit(patterns.tell, {})).toThrow('This needs an access token.');
  });

  it('takes a token of the service for jobs, with the tenant of the job', async () => {
    const tenant = first.get(TenantContext);
    const [, client] = clients;
    if (client === undefined) throw new Error('no client');
    const own = withIdentity(client, {
      token: () => issuer.token({ sub: 'svc', empresas: ['sur', 'norte'] }),
    });
    const answer = await tenant.run('sur', () => outcomeOf(own.send(patterns.ask, {})));
    expect(answer).toEqual({ answer: { payload: {}, user: 'svc', tenant: 'sur' } });
    await tenant.run('norte', () =>
      firstValueFrom(own.emit(patterns.tell, {}), { defaultValue: 0 }),
    );
    await until(1, () => heard.length);
    expect(heard).toEqual([{ user: 'svc', tenant: 'norte' }]);
  });

  it('never writes to what the application gave', async () => {
    const shared = natsHeaders();
    shared.set('Authorization', 'Bearer stale');
    shared.set('note', 'mine');
    const ofRabbitmq = { Authorization: 'Bearer stale', note: 'mine' };
    const data =
      name === 'NATS'
        ? new NatsRecordBuilder({ n: 1 }).setHeaders(shared).build()
        : name === 'RabbitMQ'
          ? new RmqRecordBuilder({ n: 1 }).setOptions({ headers: ofRabbitmq }).build()
          : { n: 1 };
    const [, client] = clients;
    if (client === undefined) throw new Error('no client');
    for (const [user, token] of [
      ['ana', ana],
      ['beto', beto],
    ] as const) {
      const own = withIdentity(client, { token });
      const sent = first.get(TenantContext).run('norte', () => own.send(patterns.ask, data));
      expect(await outcomeOf(sent)).toEqual({
        answer: { payload: { n: 1 }, user, tenant: 'norte' },
      });
    }
    expect([...shared]).toEqual([
      ['Authorization', ['Bearer stale']],
      ['note', ['mine']],
    ]);
    expect(ofRabbitmq).toEqual({ Authorization: 'Bearer stale', note: 'mine' });
  });

  it('leaves the hook of others in place', async () => {
    const [, client] = clients;
    if (client === undefined) throw new Error('no client');
    const seen: unknown[] = [];
    client.setOnDispatchHook((packet) => void seen.push(packet.pattern));
    await get('after', as(ana, 'sur'));
    client.setOnDispatchHook(() => {});
    expect(seen).toEqual([patterns.ask]);
  });
});
