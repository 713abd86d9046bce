import 'reflect-metadata';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { PatronusModule } from '@patronus/nestjs';
import { webSockets } from '@patronus/nestjs/websockets';
import { ADAPTERS } from '../../core/adapters.js';
import { itBehaves, type Presented, TransportBed } from '../transport-bed.js';
import { Caller } from './callers.js';
import { NotesHandlers, OpenHandlers } from './notes.gateway.js';
import { outcomeOf } from './table-outcome.js';

@WebSocketGateway({ path: '/notes' })
class NotesGateway extends NotesHandlers {}

@WebSocketGateway({ path: '/open' })
class OpenGateway extends OpenHandlers {}

const WAYS: readonly (readonly [string, (url: string, presented: Presented) => Caller])[] = [
  [
    'in headers',
    (url, { authorization, tenant }) =>
      Caller.ws(url, {
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...(tenant !== undefined && { 'x-empresa-id': tenant }),
        },
      }),
  ],
  [
    'in a subprotocol',
    (url, { authorization, tenant }) => {
      const token = authorization?.replace('Bearer ', 'patronus.bearer.');
      const headers = tenant === undefined ? {} : { 'x-empresa-id': tenant };
      return Caller.ws(url, { headers }, token === undefined ? [] : ['notes', token]);
    },
  ],
];

describe.each(ADAPTERS)('the behaviour table on ws, %s', (_name, adapter) => {
  let bed: TransportBed;
  let app: INestApplication;
  beforeAll(async () => {
    bed = await TransportBed.start();
    @Module({
      imports: [PatronusModule.forRoot({ ...bed.options(), transports: [webSockets()] })],
      providers: [NotesGateway, OpenGateway],
    })
    class NotesModule {}
    app = await NestFactory.create(NotesModule, adapter(), { logger: false, abortOnError: false });
    app.useWebSocketAdapter(new WsAdapter(app));
    await app.listen(0, '127.0.0.1');
    await bed.revoke();
  });
  afterAll(async () => {
    await app.close();
    await bed.stop();
  });

  describe.each(WAYS)('with the token %s', (_way, call) => {
    itBehaves(
      () => bed,
      async (operation, presented) => {
        const path = operation === 'open' || operation === 'inside' ? 'open' : 'notes';
        return outcomeOf(call(`${await app.getUrl()}/${path}`, presented), operation);
      },
    );
  });
});
