import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { PatronusModule, Public } from '@patronus/nestjs';
import { webSockets, type WebSocketOptions } from '@patronus/nestjs/websockets';
import { Caller } from './callers.js';
import { gatewayAt, LIBRARIES, RunningGateways } from './libraries.js';
import { OpaqueProvider } from './opaque.provider.js';

class Handlers {
  @SubscribeMessage('whoami') whoami() {
    return { event: 'answer', data: 'somebody' };
  }
}

class Hooked extends Handlers {
  @Public() handleConnection() {}
}

const [[, socketIo], [, ws]] = LIBRARIES as [
  (typeof LIBRARIES)[number],
  (typeof LIBRARIES)[number],
];

describe('the start of an application with webSockets()', () => {
  let running: RunningGateways | undefined;
  let caller: Caller | undefined;
  afterEach(async () => {
    caller?.close();
    await running?.app.close();
    running = caller = undefined;
  });
  const start = (gateways: readonly Type<object>[], options = {}) =>
    RunningGateways.start(socketIo, gateways, options);

  it.each([
    [{ recheck: 0 }, 'webSockets.recheck: is not a whole number over 0.'],
    [{ recheck: 86_401 }, 'webSockets.recheck: is longer than a day.'],
    [misspelt(), 'webSockets.rechek: is not an option. Did you mean "recheck"?'],
  ])('fails with the options %j', (options, message) => {
    expect(() => webSockets(options)).toThrow(message);
    expect(() => webSockets({ recheck: 86_400 })).not.toThrow();
  });

  it('fails where a decorator stands on a hook', async () => {
    await expect(start([gatewayAt(socketIo, 'x', Hooked)])).rejects.toThrow(
      'Gateway.handleConnection: has a decorator',
    );
  });

  it.each([{}, { skipMiddlewares: true }, { skipMiddlewares: false }])(
    'fails where Socket.IO recovers connections, which it does before any check: %j',
    async (connectionStateRecovery) => {
      @WebSocketGateway({ connectionStateRecovery })
      class Recovering extends Handlers {}
      await expect(start([Recovering])).rejects.toThrow('connectionStateRecovery: lets Socket.IO');
    },
  );

  it('fails where another application has the same webSockets()', async () => {
    const transports = [webSockets()];
    running = await start([], { transports });
    await expect(start([], { transports })).rejects.toThrow('another application has started');
    await running.app.close();
    running = await start([], { transports });
  });

  it('denies every message where it is not listed', async () => {
    running = await start([gatewayAt(socketIo, 'x', Handlers)], { transports: [] });
    caller = Caller.io(`${running.url}/x`, { auth: { token: 'ana.norte' } });
    await caller.next();
    const [event, data] = await caller.ask('whoami');
    expect(event).toBe('exception');
    expect(data).toMatchObject({ status: 'error' });
  });

  it('closes the root of Socket.IO, where no gateway is', async () => {
    running = await start([gatewayAt(socketIo, 'x', Handlers)]);
    caller = Caller.io(running.url);
    expect(await caller.next()).toEqual([
      'connect_error',
      expect.objectContaining({ code: 'token_missing' }),
    ]);
  });

  it('asks the same of the root, however its gateway names it', async () => {
    @Public()
    class Open extends Handlers {}
    for (const namespace of [undefined, '/', '']) {
      @WebSocketGateway({ ...(namespace !== undefined && { namespace }) })
      class Root extends Open {}
      running = await start([Root]);
      caller = Caller.io(running.url);
      expect((await caller.next())[0]).toBe('connect');
      expect(await caller.ask('whoami')).toEqual(['answer', 'somebody']);
      caller.close();
      await running.app.close();
    }
  });

  it('guards namespaces that are made for each client', async () => {
    @WebSocketGateway({ namespace: /^\/clinic-\d+$/ })
    class Clinics extends Handlers {}
    running = await start([Clinics]);
    caller = Caller.io(`${running.url}/clinic-7`);
    expect((await caller.next())[0]).toBe('connect_error');
    caller.close();
    caller = Caller.io(`${running.url}/clinic-7`, { auth: { token: 'ana.norte' } });
    expect((await caller.next())[0]).toBe('connect');
    expect(await caller.ask('whoami')).toEqual(['answer', 'somebody']);
  });

  it('serves nobody whose handshake an adapter keeps for itself', async () => {
    const told: string[] = [];
    class Telling extends Handlers {
      handleConnection() {
        told.push('connected');
      }
    }
    class KeepingAdapter extends IoAdapter {
      override bindClientConnect(_server: unknown, callback: (client: unknown) => void) {
        const close = (code: number, reason: string) => told.push(`${code} ${reason}`);
        callback({ readyState: 1, send: () => {}, close, on: () => {} });
      }
    }
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new OpaqueProvider(),
          transports: [webSockets()],
        }),
      ],
      providers: [gatewayAt(ws, 'x', Telling)],
    })
    class TellingModule {}
    const app = await NestFactory.create(TellingModule, { logger: false, abortOnError: false });
    app.useWebSocketAdapter(new KeepingAdapter(app));
    await app.init();
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(['4403 transport_unsupported']);
    await app.close();
  });
});

function misspelt(): WebSocketOptions {
  return Object.fromEntries([['rechek', 5]]);
}
