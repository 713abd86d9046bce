import 'reflect-metadata';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Injectable, Scope } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { AuthEvents, OptionalAuth, TenantContext } from '@patronus/nestjs';
import type { Caller } from './callers.js';
import { gatewayAt, hear, LIBRARIES, RunningGateways } from './libraries.js';

@OptionalAuth()
@Injectable()
class Asking {
  constructor(protected readonly tenant: TenantContext) {}

  @SubscribeMessage('where') where() {
    return { event: 'answer', data: this.tenant.idOrNull };
  }
}

class AtOnce extends Asking {
  handleConnection() {
    return this.tenant.id;
  }
}

class Later extends Asking {
  async handleConnection() {
    await Promise.resolve();
    return this.tenant.id;
  }
}

@OptionalAuth()
@Injectable({ scope: Scope.REQUEST })
class Scoped {
  constructor(private readonly tenant: TenantContext) {}

  @SubscribeMessage('where') where() {
    return { event: 'answer', data: this.tenant.idOrNull };
  }
  async handleConnection() {
    await Promise.resolve();
    return this.tenant.id;
  }
}

class AtTheEnd extends Asking {
  handleDisconnect() {
    return this.tenant.id;
  }
}

describe.each(LIBRARIES)('a hook of %s that denies', (_name, library) => {
  let running: RunningGateways;
  const callers: Caller[] = [];
  const uncaught = jest.fn();
  const start = async (handlers: typeof Asking | typeof Scoped) => {
    process.on('unhandledRejection', uncaught).on('uncaughtException', uncaught);
    running = await RunningGateways.start(library, [gatewayAt(library, 'x', handlers)]);
  };
  const call = (token?: string) => {
    const caller = library.call(`${running.url}/x`, token === undefined ? {} : { token });
    callers.push(caller);
    return caller;
  };
  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.close();
    await running.app.close();
    process.off('unhandledRejection', uncaught).off('uncaughtException', uncaught);
    expect(uncaught.mock.calls).toEqual([]);
  });

  it.each([
    ['at once', AtOnce],
    ['later', Later],
    ['in an instance of its own', Scoped],
  ])('%s closes that connection with the code, and no other', async (_when, handlers) => {
    await start(handlers);
    const ana = call('ana.norte');
    expect((await ana.next())[0]).toBe('connect');
    const nobody = call();
    const expected = library.expulsion('tenant_required', 403);
    expect((await hear(nobody, expected.length + 1)).slice(1)).toEqual(expected);
    expect(await ana.ask('where')).toEqual(['answer', 'norte']);
  });

  it('when the connection is over is told, and nothing else', async () => {
    await start(AtTheEnd);
    const heard: unknown[] = [];
    const told = new Promise<void>((resolve) => {
      running.app.get(AuthEvents).on('denied', (event) => {
        heard.push(event);
        resolve();
      });
    });
    const [ana, nobody] = [call('ana.norte'), call()];
    for (const caller of [ana, nobody]) {
      expect((await caller.next())[0]).toBe('connect');
      caller.close();
    }
    await told;
    expect(heard).toEqual([
      expect.objectContaining({ code: 'tenant_required', method: 'CONNECT', user: undefined }),
    ]);
  });
});
