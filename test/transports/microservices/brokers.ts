import { randomUUID } from 'node:crypto';
import {
  type ClientOptions,
  type ClientProxy,
  type MicroserviceOptions,
  NatsRecordBuilder,
  type ReadPacket,
  RmqRecordBuilder,
  Transport,
} from '@nestjs/microservices';
import { headers as natsHeaders } from '@nats-io/transport-node';
import type { Observable } from 'rxjs';
import { freePort } from '../../environment/free-port.mjs';
import { natsUrl, rabbitmqUrl, redisUrl } from '../../environment/services.js';

/** Address of a broker or port, the same for a service and for its callers. */
export interface Connection {
  readonly service: MicroserviceOptions;
  readonly caller: ClientOptions;
}

/** Header names and values, as a caller without the helper sends them; a list is sent twice. */
export type Sent = Readonly<Record<string, unknown>>;

/** Transport of messages between services of Nest. */
export interface Broker {
  readonly name: string;
  /** Undefined if the broker is not available. */
  readonly url: string | undefined;
  /** True if it has headers of its own, rather than members of Nest's packets. */
  readonly hasHeaders: boolean;
  connection(): Promise<Connection>;
  /** Sends headers as a caller without the helper does. */
  send(client: ClientProxy, pattern: string, data: unknown, headers: Sent): Observable<unknown>;
  emit(client: ClientProxy, pattern: string, data: unknown, headers: Sent): Observable<unknown>;
}

/** Nest makes the packet when the observable is listened to, for `emit` at once. */
function withMetadata<T>(client: ClientProxy, metadata: Sent, work: () => T): T {
  client.setOnDispatchHook((packet: ReadPacket) => Object.assign(packet, { metadata }));
  return work();
}

const ofPackets = {
  send: (client: ClientProxy, pattern: string, data: unknown, headers: Sent) =>
    withMetadata(client, headers, () => client.send<unknown>(pattern, data)),
  emit: (client: ClientProxy, pattern: string, data: unknown, headers: Sent) =>
    withMetadata(client, headers, () => client.emit<unknown>(pattern, data)),
};

const tcp: Broker = {
  name: 'TCP',
  url: '127.0.0.1',
  hasHeaders: false,
  async connection() {
    const options = { host: '127.0.0.1', port: await freePort() };
    return {
      service: { transport: Transport.TCP, options },
      caller: { transport: Transport.TCP, options },
    };
  },
  ...ofPackets,
};

const redis: Broker = {
  name: 'Redis',
  url: redisUrl(),
  hasHeaders: false,
  connection() {
    const { hostname, port } = new URL(redisUrl() ?? '');
    const options = { host: hostname, port: Number(port || 6379) };
    return Promise.resolve({
      service: { transport: Transport.REDIS, options },
      caller: { transport: Transport.REDIS, options },
    });
  },
  ...ofPackets,
};

function natsRecord(data: unknown, sent: Sent) {
  const headers = natsHeaders();
  for (const [name, values] of Object.entries(sent)) {
    for (const value of Array.isArray(values) ? values : [values]) headers.append(name, `${value}`);
  }
  return new NatsRecordBuilder(data).setHeaders(headers).build();
}

const nats: Broker = {
  name: 'NATS',
  url: natsUrl(),
  hasHeaders: true,
  connection() {
    const options = { servers: [natsUrl() ?? ''] };
    return Promise.resolve({
      service: { transport: Transport.NATS, options },
      caller: { transport: Transport.NATS, options },
    });
  },
  send: (client, pattern, data, headers) => client.send(pattern, natsRecord(data, headers)),
  emit: (client, pattern, data, headers) => client.emit(pattern, natsRecord(data, headers)),
};

/** Creates a record of RabbitMQ, which accepts more than text. */
function rmqRecord(data: unknown, sent: Sent) {
  return new RmqRecordBuilder(data).setOptions(Object.assign({}, { headers: sent as {} })).build();
}

const rabbitmq: Broker = {
  name: 'RabbitMQ',
  url: rabbitmqUrl(),
  hasHeaders: true,
  connection() {
    const options = {
      urls: [rabbitmqUrl() ?? ''],
      queue: `patronus-${randomUUID()}`,
      queueOptions: { durable: false, autoDelete: true },
    };
    return Promise.resolve({
      service: { transport: Transport.RMQ, options },
      caller: { transport: Transport.RMQ, options },
    });
  },
  send: (client, pattern, data, headers) => client.send(pattern, rmqRecord(data, headers)),
  emit: (client, pattern, data, headers) => client.emit(pattern, rmqRecord(data, headers)),
};

const ALL: readonly Broker[] = [tcp, redis, nats, rabbitmq];

/** Brokers that are available, for `describe.each`. */
export const BROKERS: readonly (readonly [name: string, broker: Broker])[] = ALL.filter(
  ({ url }) => url !== undefined,
).map((broker) => [broker.name, broker]);
