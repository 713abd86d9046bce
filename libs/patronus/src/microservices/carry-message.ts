import {
  ClientKafka,
  ClientMqtt,
  ClientNats,
  type ClientProxy,
  ClientRMQ,
  MqttRecord,
  NatsRecord,
  type ReadPacket,
  RmqRecord,
} from '@nestjs/microservices';
import type { ForwardedHeaders } from './forwarded-headers.js';
import { withHeaders, withNatsHeaders } from './with-headers.js';

/** Part of a `ClientProxy` that is used here, for any transport. */
export type MessageClient = Pick<ClientProxy, 'send' | 'emit'>;

/** Client for one message, with the data to send. */
interface Carrying {
  readonly client: MessageClient;
  readonly data: unknown;
}

/** Adds headers to one message, beside its data, if its transport has a place for them. */
export function carryMessage(
  client: MessageClient,
  data: unknown,
  headers: ForwardedHeaders,
): Carrying {
  if (client instanceof ClientRMQ) return { client, data: rmqRecord(data, headers) };
  if (client instanceof ClientMqtt) return { client, data: mqttRecord(data, headers) };
  if (client instanceof ClientKafka) return { client, data: kafkaMessage(data, headers) };
  if (client instanceof ClientNats) return natsRecord(client, data, headers);
  return { client: withMetadata(client, headers), data };
}

function rmqRecord(data: unknown, headers: ForwardedHeaders): RmqRecord {
  const { options, ...record } = data instanceof RmqRecord ? data : new RmqRecord(data);
  const payload: unknown = record.data;
  return new RmqRecord(payload, { ...options, headers: withHeaders(options?.headers, headers) });
}

function mqttRecord(data: unknown, headers: ForwardedHeaders): MqttRecord {
  const { options, ...record } = data instanceof MqttRecord ? data : new MqttRecord(data);
  const payload: unknown = record.data;
  const userProperties = withHeaders(options?.properties?.userProperties, headers);
  return new MqttRecord(payload, {
    ...options,
    properties: { ...options?.properties, userProperties },
  });
}

/**
 * Builds a message of Kafka. To Nest, an object with a key or a value is a message, and anything
 * else is a value.
 */
function kafkaMessage(data: unknown, headers: ForwardedHeaders): object {
  const isMessage = typeof data === 'object' && data !== null && ('key' in data || 'value' in data);
  if (!isMessage) return { value: data, headers };
  const known = 'headers' in data ? data.headers : undefined;
  return { ...data, headers: withHeaders(recordOf(known), headers) };
}

/** Builds a record of NATS. Only the client itself can create its headers, from its options. */
function natsRecord(client: MessageClient, data: unknown, headers: ForwardedHeaders): Carrying {
  const carrying = answering(client, 'options', (options) => ({
    ...recordOf(options),
    headers: withHeaders(recordOf(recordOf(options)?.['headers']), headers),
  }));
  const given: unknown = data instanceof NatsRecord ? data.headers : undefined;
  if (!(data instanceof NatsRecord) || typeof given !== 'object' || given === null) {
    return { client: carrying, data };
  }
  const payload: unknown = data.data;
  return { client: carrying, data: new NatsRecord(payload, withNatsHeaders(given, headers)) };
}

/**
 * Adds metadata to the packets of Nest, for TCP, Redis and custom transports, which have no
 * headers.
 */
function withMetadata(client: MessageClient, headers: ForwardedHeaders): MessageClient {
  return answering(client, 'onDispatchHook', (hook) => (packet: ReadPacket): void => {
    if (typeof hook === 'function') Reflect.apply(hook, client, [packet]);
    packet.metadata = withHeaders(packet.metadata, headers);
  });
}

/**
 * Returns the client with one member replaced. The client itself stays unchanged for other callers.
 */
function answering(
  client: MessageClient,
  member: string,
  answer: (known: unknown) => unknown,
): MessageClient {
  return new Proxy(client, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      return name === member ? answer(value) : value;
    },
  });
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
