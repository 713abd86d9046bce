import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import {
  KafkaContext,
  MqttContext,
  NatsContext,
  RmqContext,
  TcpContext,
} from '@nestjs/microservices';
import { sentHeaders } from './rpc-headers.js';
import { rpcMessage } from './rpc-message.js';

const TOKEN = 'Bearer a.b.c';

function messageOf(context: unknown, data: unknown = {}) {
  return rpcMessage(sentHeaders([data, context]));
}

/** Arguments that Nest passes on from brokers: contexts are created without their clients. */
const kafka = (headers: object) =>
  Reflect.construct(KafkaContext, [[{ headers, value: '' }, 0, 'notes']]);
const rabbitmq = (headers: object) =>
  Reflect.construct(RmqContext, [[{ properties: { headers }, fields: {} }, {}, 'notes']]);

describe('what stands beside the payload', () => {
  it('is found in user properties of MQTT', () => {
    const userProperties = { Authorization: TOKEN, 'x-empresa-id': ['norte', 'sur'] };
    const { headers, rawHeaders } = messageOf(
      new MqttContext(['notes', { properties: { userProperties } }]),
    );
    expect(headers).toEqual({ authorization: TOKEN, 'x-empresa-id': 'norte, sur' });
    expect(rawHeaders.filter((_, index) => index % 2 === 0)).toEqual([
      'authorization',
      'x-empresa-id',
      'x-empresa-id',
    ]);
  });

  it('is nothing where an MQTT packet has no properties', () => {
    expect(messageOf(new MqttContext(['notes', {}])).headers).toEqual({});
  });

  it('is nothing where headers of NATS name none', () => {
    const headers = { keys: () => undefined, values: () => ['x'] };
    expect(messageOf(new NatsContext(['notes', headers])).headers).toEqual({});
  });

  it('is found in headers of Kafka', () => {
    expect(messageOf(kafka({ authorization: TOKEN, empty: null })).headers).toEqual({
      authorization: TOKEN,
    });
  });

  it('is found in metadata of gRPC, wherever that stands', () => {
    const metadata = new Metadata();
    metadata.add('Authorization', TOKEN);
    metadata.add('Authorization', TOKEN);
    for (const args of [[{}, metadata, {}], [{ metadata }], [{ metadata }, () => {}]]) {
      const { rawHeaders } = rpcMessage(sentHeaders(args));
      expect(rawHeaders).toEqual(['authorization', TOKEN, 'authorization', TOKEN]);
    }
  });

  it('is not looked for in a payload', () => {
    const metadata = { authorization: TOKEN };
    const tcp = Reflect.construct(TcpContext, [[{}, 'notes']]);
    expect(messageOf(tcp, { metadata, headers: metadata }).headers).toEqual({});
  });

  it('is refused where the context is of no known kind', () => {
    for (const context of [undefined, {}, 'text', () => {}]) {
      expect(() => messageOf(context, { metadata: { authorization: TOKEN } })).toThrow(
        expect.objectContaining({ code: 'transport_unsupported' }),
      );
    }
  });
});

describe('a header that is not text', () => {
  it('is text where it is a number or a boolean', () => {
    const { headers } = messageOf(rabbitmq({ 'x-empresa-id': 12, flag: true }));
    expect(headers).toEqual({ 'x-empresa-id': '12', flag: 'true' });
  });

  it.each([
    ['binary', Buffer.from(TOKEN)],
    ['a table', { authorization: TOKEN }],
  ])('is refused where it is read: %s', (_kind, value) => {
    const { headers, rawHeaders } = messageOf(rabbitmq({ 'x-death': [{}], Authorization: value }));
    expect(() => headers.authorization).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
    expect(rawHeaders).toEqual([]);
  });

  it('is refused beside text of the same name', () => {
    const { headers } = messageOf(rabbitmq({ authorization: [TOKEN, Buffer.from(TOKEN)] }));
    expect(() => headers.authorization).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('is no prototype', () => {
    const { headers } = messageOf(rabbitmq(JSON.parse('{"__proto__": {"authorization": "x"}}')));
    expect(headers.authorization).toBeUndefined();
  });
});
