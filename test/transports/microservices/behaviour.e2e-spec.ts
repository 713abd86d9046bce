import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ClientProxy, ClientProxyFactory, MessagePattern } from '@nestjs/microservices';
import { PatronusModule } from '@patronus/nestjs';
import { microservices } from '@patronus/nestjs/microservices';
import { itBehaves, TransportBed } from '../transport-bed.js';
import { BROKERS } from './brokers.js';
import { notesController } from './notes.controller.js';
import { outcomeOf } from './outcome.js';

describe.each(BROKERS)('the behaviour table on %s', (_name, broker) => {
  const run = randomUUID();
  let bed: TransportBed;
  let app: INestMicroservice;
  let client: ClientProxy;
  beforeAll(async () => {
    bed = await TransportBed.start();
    @Module({
      imports: [PatronusModule.forRoot({ ...bed.options(), transports: [microservices()] })],
      controllers: [notesController((operation) => MessagePattern(`${run}.${operation}`))],
    })
    class NotesModule {}
    const { service, caller } = await broker.connection();
    app = await NestFactory.createMicroservice(NotesModule, { ...service, logger: false });
    await app.listen();
    client = ClientProxyFactory.create(caller);
    await bed.revoke();
  });
  afterAll(async () => {
    await client.close();
    await app.close();
    await bed.stop();
  });

  itBehaves(
    () => bed,
    (operation, { authorization, tenant }) =>
      outcomeOf(
        broker.send(
          client,
          `${run}.${operation}`,
          {},
          {
            ...(authorization !== undefined && { authorization }),
            ...(tenant !== undefined && { 'x-empresa-id': tenant }),
          },
        ),
      ),
  );
});
