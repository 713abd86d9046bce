import 'reflect-metadata';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { Module } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { PatronusModule } from '@patronus/nestjs';
import { webSockets } from '@patronus/nestjs/websockets';
import { ADAPTERS } from '../../core/adapters.js';
import { listen, type ListeningApp } from '../../core/listening-app.js';
import { itBehaves, type Presented, TransportBed } from '../transport-bed.js';
import { Caller } from './callers.js';
import { NotesHandlers, OpenHandlers } from './notes.gateway.js';
import { outcomeOf } from './table-outcome.js';

@WebSocketGateway({ namespace: 'notes' })
class NotesGateway extends NotesHandlers {}

@WebSocketGateway({ namespace: '/open' })
class OpenGateway extends OpenHandlers {}

const WAYS: readonly (readonly [string, (presented: Presented) => object])[] = [
  [
    'in auth',
    ({ authorization, tenant }) => ({
      auth: { token: authorization?.replace('Bearer ', ''), 'x-empresa-id': tenant },
    }),
  ],
  [
    'in headers',
    ({ authorization, tenant }) => ({
      transports: ['polling', 'websocket'],
      extraHeaders: {
        ...(authorization !== undefined && { authorization }),
        ...(tenant !== undefined && { 'x-empresa-id': tenant }),
      },
    }),
  ],
];

describe.each(ADAPTERS)('the behaviour table on Socket.IO, %s', (_name, adapter) => {
  let bed: TransportBed;
  let running: ListeningApp;
  beforeAll(async () => {
    bed = await TransportBed.start();
    @Module({
      imports: [PatronusModule.forRoot({ ...bed.options(), transports: [webSockets()] })],
      providers: [NotesGateway, OpenGateway],
    })
    class NotesModule {}
    running = await listen(NotesModule, adapter());
    await bed.revoke();
  });
  afterAll(async () => {
    await running.app.close();
    await bed.stop();
  });

  describe.each(WAYS)('with the token %s', (_way, options) => {
    itBehaves(
      () => bed,
      (operation, presented) => {
        const namespace = operation === 'open' || operation === 'inside' ? 'open' : 'notes';
        const caller = Caller.io(`${running.url}/${namespace}`, options(presented));
        return outcomeOf(caller, operation);
      },
    );
  });
});
