import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  AuthEvents,
  CurrentUser,
  type Identity,
  InMemoryRevocations,
  TenantDirectory,
  TenantLookups,
} from '@patronus/nestjs';
import type { Caller } from './callers.js';
import { gatewayAt, hear, LIBRARIES, RunningGateways } from './libraries.js';

class Handlers {
  @SubscribeMessage('whoami') whoami(@CurrentUser() user: Identity) {
    return { event: 'answer', data: user.id };
  }
}

class Tenants extends TenantDirectory {
  disabled = new Set<string>();
  asked = 0;
  override find(tenantId: string) {
    this.asked += 1;
    return this.disabled.has(tenantId) ? 'disabled' : 'active';
  }
}

describe.each(LIBRARIES)('an open connection of %s', (_name, library) => {
  let running: RunningGateways;
  let revocations: InMemoryRevocations;
  let directory: Tenants;
  let caller: Caller;
  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    revocations = new InMemoryRevocations();
    directory = new Tenants();
    running = await RunningGateways.start(library, [gatewayAt(library, 'x', Handlers)], {
      revocations,
      tenancy: { directory },
      identityCache: { ttl: 1 },
    });
  });
  afterEach(async () => {
    caller.close();
    jest.useRealTimers();
    await running.app.close();
  });

  const connect = async (token: string) => {
    caller = library.call(`${running.url}/x`, { token });
    expect((await caller.next())[0]).toBe('connect');
    expect(await caller.ask('whoami')).toEqual(['answer', token.split('.')[0]]);
  };
  const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1000);
  const stillOpen = async () => {
    expect(await caller.ask('whoami')).toEqual(['answer', 'ana']);
  };
  const closes = async (code: string, status: number) => {
    const expected = library.expulsion(code, status);
    expect(await hear(caller, expected.length)).toEqual(expected);
  };

  it('closes when its token expires, and not before', async () => {
    await connect('ana.norte.12');
    await pass(11);
    await stillOpen();
    await pass(2);
    await closes('token_expired', 401);
  });

  it('refuses a message at once when the token is revoked, and closes at the next check', async () => {
    await connect('ana.norte');
    await revocations.revoke({ user: 'bob' });
    await stillOpen();
    await pass(6);
    await stillOpen();
    await revocations.revoke({ user: 'ana' });
    expect(await caller.ask('whoami')).toEqual([
      'exception',
      expect.objectContaining({ code: 'token_revoked' }),
    ]);
    await pass(5);
    await closes('token_revoked', 401);
  });

  it('is told as an event when it closes', async () => {
    const heard: unknown[] = [];
    running.app.get(AuthEvents).on('denied', (event) => heard.push(event));
    await connect('ana.norte.12');
    await pass(13);
    await closes('token_expired', 401);
    const who = { transport: 'ws', method: 'CONNECT', user: 'ana', tenant: 'norte' };
    expect(heard).toEqual([expect.objectContaining({ ...who, code: 'token_expired' })]);
  });

  it('closes when its tenant is disabled', async () => {
    await connect('ana.norte');
    directory.disabled.add('sur');
    await pass(5);
    await stillOpen();
    directory.disabled.add('norte');
    running.app.get(TenantLookups).forgetTenant('norte');
    await pass(5);
    await closes('tenant_disabled', 403);
  });

  it('closes when its credential is of another tenant now', async () => {
    await connect('ana.norte');
    running.provider.moved = 'sur';
    await pass(5);
    await closes('tenant_mismatch', 403);
  });

  it('stays through an outage, and ends when its token does', async () => {
    await connect('ana.norte.20');
    running.provider.isDown = true;
    const before = running.provider.calls;
    await pass(11);
    expect(running.provider.calls).toBe(before + 2);
    running.provider.isDown = false;
    await stillOpen();
    running.provider.isDown = true;
    await pass(10);
    await closes('token_expired', 401);
  });

  it('is asked about no more when it is over', async () => {
    await connect('ana.norte');
    const before = running.provider.calls;
    await pass(5);
    expect(running.provider.calls).toBe(before + 1);
    caller.close();
    await caller.next();
    await new Promise((resolve) => setImmediate(resolve));
    await pass(30);
    expect(running.provider.calls).toBe(before + 1);
  });

  it('is asked about no more when the application ends', async () => {
    await connect('ana.norte');
    await running.app.close();
    const before = running.provider.calls;
    await pass(30);
    expect(running.provider.calls).toBe(before);
  });
});
