import 'reflect-metadata';
import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { CurrentUser, type Identity, Public, TenantContext } from '@patronus/nestjs';
import type { Caller } from './callers.js';
import { gatewayAt, LIBRARIES, RunningGateways } from './libraries.js';

const news = new EventEmitter();
const seen: string[] = [];

@Injectable()
class Handlers {
  constructor(protected readonly tenant: TenantContext) {}

  @SubscribeMessage('slow') async slow(@CurrentUser() user: Identity, @MessageBody() ms: number) {
    const before = this.tenant.id;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { event: 'answer', data: [user.id, before, this.tenant.id] };
  }
  @SubscribeMessage('listen') listen() {
    news.on('bare', () => seen.push(`bare ${this.tenant.idOrNull}`));
    news.on(
      'bound',
      this.tenant.bind(() => seen.push(`bound ${this.tenant.idOrNull}`)),
    );
    return { event: 'answer', data: 'listening' };
  }
  @SubscribeMessage('tell') tell() {
    news.emit('bare');
    news.emit('bound');
    return { event: 'answer', data: 'told' };
  }
}

@Injectable()
@Public()
class Open {
  constructor(private readonly tenant: TenantContext) {}
  handleConnection() {
    seen.push(`connected in ${this.tenant.idOrNull}`);
  }
  handleDisconnect() {
    seen.push(`left in ${this.tenant.idOrNull}`);
  }
  @SubscribeMessage('where') where() {
    return { event: 'answer', data: this.tenant.idOrNull };
  }
}

describe.each(LIBRARIES)('tenants on %s', (_name, library) => {
  let running: RunningGateways;
  const callers: Caller[] = [];
  const call = async (place: string, token?: string) => {
    const caller = library.call(`${running.url}/${place}`, token === undefined ? {} : { token });
    callers.push(caller);
    expect((await caller.next())[0]).toBe('connect');
    return caller;
  };
  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.close();
    await running.app.close();
    news.removeAllListeners();
    seen.length = 0;
  });

  it('never see another: 100 sockets of 10 tenants, all at once', async () => {
    running = await RunningGateways.start(library, [gatewayAt(library, 'x', Handlers)]);
    const people = Array.from({ length: 100 }, (_, index) => [`user${index}`, `t${index % 10}`]);
    const sockets = await Promise.all(
      people.map(async ([user, tenant]) => call('x', `${user}.${tenant}`)),
    );
    for (const round of [0, 1, 2]) {
      const answers = await Promise.all(
        sockets.map((socket, index) => socket.ask('slow', (index * 7 + round) % 20)),
      );
      expect(answers).toEqual(people.map(([user, t]) => ['answer', [user, t, t]]));
    }
  });

  it('are those of the message that is running, for a listener that is not bound', async () => {
    running = await RunningGateways.start(library, [gatewayAt(library, 'x', Handlers)]);
    const [ana, bob] = [await call('x', 'ana.norte'), await call('x', 'bob.sur')];
    await ana.ask('listen');
    await bob.ask('tell');
    expect(seen).toEqual(['bare sur', 'bound norte']);
  });

  it('do not leak from where the server was started', async () => {
    const inside = (app: INestApplication) =>
      app.get(TenantContext).run('este', () => app.listen(0, '127.0.0.1'));
    const gateways = [gatewayAt(library, 'x', Handlers), gatewayAt(library, 'open', Open)];
    running = await RunningGateways.start(library, gateways, {}, inside);
    const nobody = await call('open');
    expect(await nobody.ask('where')).toEqual(['answer', null]);
    const ana = await call('x', 'ana.norte');
    expect(await ana.ask('slow', 1)).toEqual(['answer', ['ana', 'norte', 'norte']]);
    nobody.close();
    await nobody.next();
    await running.app.close();
    expect(seen).toEqual(['connected in null', 'left in null']);
  });

  it('do not leak from where the client connects', async () => {
    running = await RunningGateways.start(library, [
      gatewayAt(library, 'x', Handlers),
      gatewayAt(library, 'open', Open),
    ]);
    const tenant = running.app.get(TenantContext);
    const [nobody, ana] = await tenant.run('este', async () => [
      await call('open'),
      await call('x', 'ana.norte'),
    ]);
    expect(await tenant.run('este', () => nobody.ask('where'))).toEqual(['answer', null]);
    expect(await tenant.run('este', () => ana.ask('slow', 1))).toEqual([
      'answer',
      ['ana', 'norte', 'norte'],
    ]);
  });

  it('of two gateways at one place: both are served, by one connection', async () => {
    const [first, second] = [gatewayAt(library, 'x', Handlers), gatewayAt(library, 'x', Open)];
    running = await RunningGateways.start(library, [first, second]);
    const ana = await call('x', 'ana.norte');
    expect(seen).toEqual(['connected in norte']);
    expect(await ana.ask('where')).toEqual(['answer', null]);
    expect(await ana.ask('slow', 1)).toEqual(['answer', ['ana', 'norte', 'norte']]);
    expect(running.provider.calls).toBe(1);
    const nobody = await call('x');
    expect(await nobody.ask('slow', 1)).toEqual([
      'exception',
      expect.objectContaining({ code: 'token_missing' }),
    ]);
  });
});
