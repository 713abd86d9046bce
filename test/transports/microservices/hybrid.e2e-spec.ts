import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type TcpClientOptions,
  Transport,
} from '@nestjs/microservices';
import {
  AuthGuard,
  CurrentUser,
  type GuardOptions,
  type Identity,
  PatronusModule,
  PermissionsGuard,
  Public,
  RequirePermissions,
} from '@patronus/nestjs';
import { firstValueFrom } from 'rxjs';
import { microservices, withIdentity } from '@patronus/nestjs/microservices';
import { TransportBed } from '../transport-bed.js';
import { freePort } from '../../environment/free-port.mjs';
import { outcomeOf } from './outcome.js';

const handled: string[] = [];

@Controller()
class NotesController {
  @Get('notes')
  @MessagePattern('notes')
  @RequirePermissions('notes.read')
  notes(@CurrentUser() user: Identity) {
    handled.push('notes');
    return { user: user.id };
  }

  @MessagePattern('open')
  @Public()
  open() {
    handled.push('open');
    return { user: null };
  }

  @EventPattern('written')
  @Public()
  written(_payload: unknown) {
    handled.push('written');
  }

  @MessagePattern('after')
  @Public()
  after() {
    return handled.length;
  }
}

@Controller()
@UseGuards(AuthGuard, PermissionsGuard)
class GuardedController {
  @MessagePattern('guarded')
  @RequirePermissions('notes.read')
  guarded(@CurrentUser() user: Identity) {
    return { user: user.id };
  }
}

describe('a hybrid application', () => {
  const ending: (() => unknown)[] = [];
  let bed: TransportBed;
  let reader: string;
  beforeAll(async () => {
    bed = await TransportBed.start();
    reader = (bed.presentedBy('reader').authorization ?? '').replace('Bearer ', '');
  });
  beforeEach(() => {
    handled.length = 0;
  });
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });
  afterAll(() => bed.stop());

  async function start(inheritAppConfig: boolean, guards: GuardOptions['guards'] = 'global') {
    @Module({
      imports: [
        PatronusModule.forRoot({ ...bed.options(), guards, transports: [microservices()] }),
      ],
      controllers: [NotesController, GuardedController],
    })
    class NotesModule {}
    const app = await NestFactory.create(NotesModule, { logger: false, abortOnError: false });
    const connection = { host: '127.0.0.1', port: await freePort() };
    const options: TcpClientOptions = { transport: Transport.TCP, options: connection };
    app.connectMicroservice(
      { transport: Transport.TCP, options: connection },
      { inheritAppConfig },
    );
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    ending.push(() => app.close());
    const client: ClientProxy = ClientProxyFactory.create(options);
    ending.push(() => client.close());
    return { app, client, asReader: withIdentity(client, { token: reader }) };
  }

  it('is guarded on HTTP and on its microservice alike', async () => {
    const { app, client, asReader } = await start(true);
    const url = `${await app.getUrl()}/notes`;
    expect((await fetch(url)).status).toBe(401);
    const answer = await fetch(url, { headers: { authorization: `Bearer ${reader}` } });
    expect(await answer.json()).toEqual({ user: 'reader' });
    expect(await outcomeOf(client.send('notes', {}))).toMatchObject({ code: 'token_missing' });
    expect(await outcomeOf(asReader.send('notes', {}))).toEqual({ answer: { user: 'reader' } });
    expect(await outcomeOf(client.send('open', {}))).toEqual({ answer: { user: null } });
  });

  it('refuses every call where the guards were not inherited', async () => {
    const { asReader } = await start(false);
    for (const pattern of ['notes', 'open']) {
      expect(await outcomeOf(asReader.send(pattern, {}))).toEqual({
        code: 'transport_unsupported',
        message: 'This transport is not supported.',
        decisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
    expect(handled).toEqual([]);
  });

  it.each([
    [true, ['written']],
    [false, []],
  ])('inheritAppConfig %s: handles the events %j', async (inherits, expected) => {
    const { client } = await start(inherits);
    await firstValueFrom(client.emit('written', {}), { defaultValue: undefined });
    // On one connection, a later answer was sent later.
    await outcomeOf(client.send('after', {}));
    expect(handled).toEqual(expected);
  });

  it('leaves it to the application where it guards by hand', async () => {
    const { client, asReader } = await start(false, 'manual');
    expect(await outcomeOf(client.send('guarded', {}))).toMatchObject({ code: 'token_missing' });
    expect(await outcomeOf(asReader.send('guarded', {}))).toEqual({ answer: { user: 'reader' } });
    expect(await outcomeOf(client.send('open', {}))).toEqual({ answer: { user: null } });
  });

  it('denies what comes by a transport that is not listed', async () => {
    @Module({
      imports: [PatronusModule.forRoot(bed.options())],
      controllers: [NotesController],
    })
    class NotesModule {}
    const connection = { host: '127.0.0.1', port: await freePort() };
    const app = await NestFactory.createMicroservice(NotesModule, {
      transport: Transport.TCP,
      options: connection,
      logger: false,
    });
    await app.listen();
    ending.push(() => app.close());
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: connection });
    ending.push(() => client.close());
    const asReader = withIdentity(client, { token: reader });
    await expect(firstValueFrom(asReader.send('notes', {}))).rejects.toEqual({
      status: 'error',
      message: 'Internal server error',
    });
    expect(handled).toEqual([]);
  });
});
