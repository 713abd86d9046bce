import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SubscribeMessage } from '@nestjs/websockets';
import { AccountSource, type AccountSubject, CurrentAccount } from '@patronus/nestjs';
import type { Caller } from './callers.js';
import { gatewayAt, hear, LIBRARIES, RunningGateways } from './libraries.js';

class Handlers {
  @SubscribeMessage('whoami') whoami(@CurrentAccount() account: { readonly name: string }) {
    return { event: 'answer', data: account.name };
  }
}

class Names extends AccountSource {
  readonly known = new Map([['ana', { name: 'Ana' }]]);
  isDown = false;

  override accountOf({ identity }: AccountSubject) {
    if (this.isDown) throw new Error('no connection');
    return this.known.get(identity.id);
  }
}

describe.each(LIBRARIES)('an open connection of %s with an account', (_name, library) => {
  let running: RunningGateways;
  let names: Names;
  let caller: Caller;
  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    names = new Names();
    running = await RunningGateways.start(library, [gatewayAt(library, 'x', Handlers)], {
      accounts: names,
      accountCache: { ttl: 1 },
    });
    caller = library.call(`${running.url}/x`, { token: 'ana.norte' });
    expect((await caller.next())[0]).toBe('connect');
    expect(await caller.ask('whoami')).toEqual(['answer', 'Ana']);
  });
  afterEach(async () => {
    caller.close();
    jest.useRealTimers();
    await running.app.close();
  });

  const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1000);

  it('closes when the account is gone', async () => {
    names.known.clear();
    await pass(2);
    expect(await caller.ask('whoami')).toEqual([
      'exception',
      expect.objectContaining({ code: 'token_invalid' }),
    ]);
    await pass(4);
    const expected = library.expulsion('token_invalid', 401);
    expect(await hear(caller, expected.length)).toEqual(expected);
  });

  it('stays through an outage, and is refused nothing but its messages', async () => {
    names.isDown = true;
    await pass(6);
    expect(await caller.ask('whoami')).toEqual([
      'exception',
      expect.objectContaining({ code: 'provider_unavailable' }),
    ]);
    names.isDown = false;
    expect(await caller.ask('whoami')).toEqual(['answer', 'Ana']);
  });
});
