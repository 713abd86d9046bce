import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { AuthGuard, CurrentUser, type Identity, PermissionsGuard } from '@patronus/nestjs';
import type { Caller } from './callers.js';
import { gatewayAt, hear, LIBRARIES, RunningGateways } from './libraries.js';

class Bare {
  @SubscribeMessage('whoami') whoami(@CurrentUser() user?: Identity) {
    return { event: 'answer', data: user?.id ?? 'nobody' };
  }
}

@UseGuards(AuthGuard, PermissionsGuard)
class Guarded extends Bare {}

@Injectable()
class OwnAuthGuard extends AuthGuard {}

class Partly extends Bare {
  @UseGuards(OwnAuthGuard) @SubscribeMessage('closed') closed(@CurrentUser() user: Identity) {
    return { event: 'answer', data: user.id };
  }
}

/** Guard that cannot be recognized from outside. */
@Injectable()
class Wrapping implements CanActivate {
  constructor(private readonly auth: AuthGuard) {}
  canActivate(context: ExecutionContext) {
    return this.auth.canActivate(context);
  }
}

class Wrapped {
  @UseGuards(Wrapping) @SubscribeMessage('closed') closed(@CurrentUser() user: Identity) {
    return { event: 'answer', data: user.id };
  }
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe.each(LIBRARIES)('manual guards on %s', (_name, library) => {
  let running: RunningGateways;
  let caller: Caller;
  const start = async (handlers: typeof Bare | typeof Wrapped) => {
    const gateways = [gatewayAt(library, 'x', handlers)];
    running = await RunningGateways.start(library, gateways, { guards: 'manual' });
  };
  const call = (token?: string) => {
    caller = library.call(`${running.url}/x`, token === undefined ? {} : { token });
    return caller.next();
  };
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  });
  afterEach(async () => {
    caller.close();
    jest.useRealTimers();
    await running.app.close();
  });

  it('leave a gateway open that has none', async () => {
    await start(Bare);
    expect((await call('stranger'))[0]).toBe('connect');
    expect(await caller.ask('whoami')).toEqual(['answer', 'nobody']);
  });

  it('close the connections of a gateway that has them', async () => {
    await start(Guarded);
    const expected = library.refusal('token_missing', 401);
    const first = await call();
    expect([first, ...(await hear(caller, expected.length - 1))]).toEqual(expected);
    caller.close();
    expect((await call('ana.norte'))[0]).toBe('connect');
    expect(await caller.ask('whoami')).toEqual(['answer', 'ana']);
  });

  it('on one handler ask for a good credential, or none', async () => {
    await start(Partly);
    expect((await call())[0]).toBe('connect');
    expect(await caller.ask('whoami')).toEqual(['answer', 'nobody']);
    expect(await caller.ask('closed')).toEqual(['exception', code('token_missing')]);
    caller.close();
    const expected = library.refusal('token_invalid', 401);
    const first = await call('stranger');
    expect([first, ...(await hear(caller, expected.length - 1))]).toEqual(expected);
  });

  it('that hide have the connection watched from their first message on', async () => {
    await start(Wrapped);
    expect((await call('ana.norte.10'))[0]).toBe('connect');
    expect(running.provider.calls).toBe(0);
    await jest.advanceTimersByTimeAsync(3000);
    expect(await caller.ask('closed')).toEqual(['answer', 'ana']);
    await jest.advanceTimersByTimeAsync(11_000);
    const expected = library.expulsion('token_expired', 401);
    expect(await hear(caller, expected.length)).toEqual(expected);
  });
});
