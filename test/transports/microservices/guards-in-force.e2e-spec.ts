import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, type Type, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type TcpClientOptions,
  Transport,
} from '@nestjs/microservices';
import {
  AuthEvents,
  AuthGuard,
  type DeniedEvent,
  PermissionsGuard,
  Public,
  RequirePermissions,
} from '@patronus/nestjs';
import { microservices, withIdentity } from '@patronus/nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { ask } from '../../core/ask.js';
import { BOTH, expectedOf, GuardBed, type Guards, MANUAL, rowOf, SEEN } from '../guard-readings.js';
import { freePort } from '../../environment/free-port.mjs';
import { outcomeOf } from './outcome.js';

const bed = new GuardBed();

describe('microservices of a hybrid application', () => {
  const ending: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0)) await end();
  });

  function controllerWith(guards: Guards): Type {
    @Controller()
    class NotesController {
      @RequirePermissions('notes.write')
      @UseGuards(...guards)
      @MessagePattern('note')
      note() {
        return 'in';
      }
    }
    return NotesController;
  }

  async function connect(made: INestApplication, inheritAppConfig: boolean): Promise<ClientProxy> {
    const connection = { host: '127.0.0.1', port: await freePort() };
    const options: TcpClientOptions = { transport: Transport.TCP, options: connection };
    made.connectMicroservice({ ...options }, { inheritAppConfig });
    await made.startAllMicroservices();
    await made.init();
    const client = ClientProxyFactory.create(options);
    ending.push(() => client.close());
    return client;
  }

  async function codesOf(client: ClientProxy): Promise<readonly unknown[]> {
    const outcomes = [
      await outcomeOf(client.send('note', {})),
      await outcomeOf(withIdentity(client, { token: 'ana' }).send('note', {})),
    ];
    return outcomes.map((outcome) => ('code' in outcome ? outcome.code : outcome.answer));
  }

  const transports = () => ({ transports: [microservices()] });

  it.each(MANUAL)(
    'manual, with %s: what is read is what happens',
    async (_which, guards, reading) => {
      const made = await bed.make(
        { controllers: [controllerWith(guards)] },
        { guards: 'manual', ...transports() },
      );
      const client = await connect(made, false);
      expect(rowOf(made, /note/)).toMatchObject(reading);
      expect(await codesOf(client)).toEqual(expectedOf(reading));
    },
  );

  it.each([
    ['global', [], true, { enforces: 'rule', missingGuards: [] }],
    ['global', [], false, { refusal: 'inheritance', missingGuards: [] }],
    ['global', BOTH, false, { enforces: 'rule', missingGuards: [] }],
  ] as const)('%s, own guards %j, inherits %s: %j', async (guards, own, inherits, reading) => {
    const made = await bed.make(
      { controllers: [controllerWith(own)] },
      { guards, ...transports() },
    );
    const client = await connect(made, inherits);
    expect(rowOf(made, /note/)).toMatchObject(reading);
    expect(await codesOf(client)).toEqual(expectedOf(reading));
  });

  it.each([
    [true, { enforces: 'rule', missingGuards: [] }],
    [false, { enforces: 'nothing', missingGuards: ['AuthGuard', 'PermissionsGuard'] }],
  ] as const)(
    'APP_GUARDs of the application count if it inherits: %s',
    async (inherits, reading) => {
      const providers = [
        { provide: APP_GUARD, useExisting: AuthGuard },
        { provide: APP_GUARD, useExisting: PermissionsGuard },
      ];
      const made = await bed.make(
        { controllers: [controllerWith([])], providers },
        { guards: 'manual', ...transports() },
      );
      const client = await connect(made, inherits);
      expect(rowOf(made, /note/)).toMatchObject(reading);
      expect(await codesOf(client)).toEqual(expectedOf(reading));
    },
  );

  it('global guards that come after the microservice was connected do not count', async () => {
    const made = await bed.make(
      { controllers: [controllerWith([])] },
      { guards: 'manual', ...transports() },
    );
    const connection = { host: '127.0.0.1', port: await freePort() };
    const options: TcpClientOptions = { transport: Transport.TCP, options: connection };
    made.connectMicroservice({ ...options }, { inheritAppConfig: true });
    made.useGlobalGuards(made.get(AuthGuard), made.get(PermissionsGuard));
    await made.startAllMicroservices();
    await made.init();
    const client = ClientProxyFactory.create(options);
    ending.push(() => client.close());
    expect(rowOf(made, /note/)).toMatchObject({ enforces: 'nothing' });
    expect(await codesOf(client)).toEqual(SEEN['nothing']);
  });

  it('enforced, refuses to bind what would be open', async () => {
    const made = await bed.make(
      { controllers: [controllerWith([])] },
      { guards: 'manual', coverage: 'enforce', ...transports() },
    );
    await expect(connect(made, false)).rejects.toThrow(
      /RPC note \(NotesController\.note\) lacks AuthGuard and PermissionsGuard.*inheritAppConfig/,
    );
  });

  it.each([
    ['before', true],
    ['after', false],
  ])('warns once of what is connected %s the start without the guards', async (_when, isBefore) => {
    @Controller()
    class TwoController {
      @MessagePattern('a') @RequirePermissions('notes.read') a() {}
      @EventPattern('b') @Public() b(_data: unknown) {}
    }
    const made = await bed.make({ controllers: [TwoController] }, transports());
    if (!isBefore) await made.init();
    await connect(made, false);
    await Promise.resolve();
    expect(bed.warnings(/./)).toEqual([
      'RPC a (TwoController.a); EVENT b (TwoController.b) are bound without the guards of the application, and every call is refused. Pass { inheritAppConfig: true } as the second argument of connectMicroservice().',
    ]);
  });

  it('logs its refusals once a minute for each handler, and tells each as an event', async () => {
    const made = await bed.make({ controllers: [controllerWith([])] }, transports());
    const denied: DeniedEvent[] = [];
    made.get(AuthEvents).on('denied', (event) => denied.push(event));
    const client = await connect(made, false);
    for (const _ of [1, 2, 3]) await codesOf(client);
    expect(bed.warnings(/^transport_unsupported /)).toEqual([
      expect.stringMatching(/"route":"NotesController\.note".*inheritAppConfig: true/),
    ]);
    expect(denied).toHaveLength(6);
    expect(denied[0]).toMatchObject({
      transport: 'rpc',
      path: 'note',
      code: 'transport_unsupported',
    });
  });

  it('warns of a transport that is not listed, and logs its refusals', async () => {
    const made = await bed.make({ controllers: [controllerWith([])] }, {});
    const client = await connect(made, true);
    expect(bed.warnings(/./)).toEqual([
      'RPC note (NotesController.note) will refuse every call: the option "transports" lists none for rpc. Add microservices() of @patronus/nestjs/microservices to it.',
    ]);
    expect(rowOf(made, /note/)).toMatchObject({ refusal: 'transport' });
    const denied: DeniedEvent[] = [];
    made.get(AuthEvents).on('denied', (event) => denied.push(event));
    for (const _ of [1, 2]) {
      await expect(firstValueFrom(client.send('note', {}))).rejects.toMatchObject({
        status: 'error',
      });
    }
    expect(bed.warnings(/^transport_unsupported /)).toEqual([
      expect.stringContaining('"reason":"rpc is not among the transports of PatronusModule"'),
    ]);
    expect(denied).toHaveLength(2);
    expect(denied[0]).toMatchObject({ transport: 'rpc', route: 'NotesController.note' });
  });

  it('leaves the routes beside it guarded', async () => {
    @Controller()
    class RouteController {
      @Get('route') @RequirePermissions('notes.write') route() {}
    }
    const made = await bed.make(
      { controllers: [RouteController, controllerWith([])] },
      transports(),
    );
    await connect(made, false);
    await made.listen(0, '127.0.0.1');
    expect(rowOf(made, /route/)).toMatchObject({ enforces: 'rule' });
    expect((await ask({ app: made, url: await made.getUrl() }, 'route', 'ana')).status).toBe(403);
  });
});
