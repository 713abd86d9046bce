import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  Module,
  type RpcExceptionFilter,
  UseFilters,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  Ctx,
  EventPattern,
  RmqContext,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import { PatronusModule, RequirePermissions } from '@patronus/nestjs';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { throwError } from 'rxjs';
import { microservices, withIdentity } from '@patronus/nestjs/microservices';
import { until } from '../../environment/until.js';
import { TransportBed } from '../transport-bed.js';
import { rabbitmqUrl } from '../../environment/services.js';

const handled: string[] = [];

/** Filter of the guide. */
@Catch(RpcException)
class DropDenied implements RpcExceptionFilter<RpcException> {
  catch(exception: RpcException, host: ArgumentsHost) {
    const context = host.switchToRpc().getContext<RmqContext>();
    context.getChannelRef().nack(context.getMessage(), false, false);
    return throwError(() => exception.getError());
  }
}

@Controller()
class EventsController {
  @EventPattern('kept')
  @RequirePermissions('notes.read')
  kept(@Ctx() context: RmqContext) {
    handled.push('kept');
    context.getChannelRef().ack(context.getMessage());
  }

  @EventPattern('dropped')
  @UseFilters(DropDenied)
  @RequirePermissions('notes.read')
  dropped(@Ctx() context: RmqContext) {
    handled.push('dropped');
    context.getChannelRef().ack(context.getMessage());
  }
}

const url = rabbitmqUrl() ?? '';

(url === '' ? describe.skip : describe)('events of RabbitMQ that are acknowledged by hand', () => {
  const queue = `patronus-${randomUUID()}`;
  const dead = `${queue}.dead`;
  const queueOptions = {
    durable: false,
    arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead },
  };
  let bed: TransportBed;
  let client: ClientProxy;
  let connection: ChannelModel;
  let channel: Channel;
  let close: () => Promise<void>;
  beforeAll(async () => {
    bed = await TransportBed.start();
    connection = await connect(url);
    channel = await connection.createChannel();
    await channel.assertQueue(dead, { durable: false });
    @Module({
      imports: [PatronusModule.forRoot({ ...bed.options(), transports: [microservices()] })],
      controllers: [EventsController],
    })
    class EventsModule {}
    const options = { urls: [url], queue, queueOptions, noAck: false };
    const app = await NestFactory.createMicroservice(EventsModule, {
      transport: Transport.RMQ,
      options,
      logger: false,
    });
    await app.listen();
    close = () => app.close();
    client = ClientProxyFactory.create({
      transport: Transport.RMQ,
      options: { urls: [url], queue, queueOptions },
    });
  });
  afterAll(async () => {
    await client.close();
    await channel.deleteQueue(queue);
    await channel.deleteQueue(dead);
    await connection.close();
    await bed.stop();
  });

  const as = (caller: 'reader' | 'with a scope') =>
    withIdentity(client, {
      token: (bed.presentedBy(caller).authorization ?? '').replace('Bearer ', ''),
    });
  const waiting = async (name: string) => (await channel.checkQueue(name)).messageCount;

  it('drops a denied event where the application says so, and keeps it otherwise', async () => {
    as('with a scope').emit('dropped', {});
    await until(1, () => waiting(dead));
    as('with a scope').emit('kept', {});
    as('reader').emit('dropped', {});
    await until(1, () => handled.length);
    expect(handled).toEqual(['dropped']);
    expect(await waiting(dead)).toBe(1);
    await close();
    await until(1, () => waiting(queue));
    expect(handled).toEqual(['dropped']);
  });
});
