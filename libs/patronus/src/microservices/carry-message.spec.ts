import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ClientKafka, ClientMqtt, MqttRecord } from '@nestjs/microservices';
import { carryMessage } from './carry-message.js';

const HEADERS = { authorization: 'Bearer a.b.c' };

/** Instance of the class, without the package of its broker. */
const mqtt: ClientMqtt = Object.create(ClientMqtt.prototype);
const kafka: ClientKafka = Object.create(ClientKafka.prototype);

describe('a message with headers', () => {
  it('has them in user properties on MQTT', () => {
    expect(carryMessage(mqtt, { n: 1 }, HEADERS).data).toEqual(
      new MqttRecord({ n: 1 }, { properties: { userProperties: HEADERS } }),
    );
  });

  it('keeps what else a record of MQTT says, and copies it', () => {
    const userProperties = { AUTHORIZATION: 'stale', note: ['a', 'b'] };
    const record = new MqttRecord({ n: 1 }, { qos: 1, properties: { userProperties } });
    expect(carryMessage(mqtt, record, HEADERS).data).toEqual(
      new MqttRecord(
        { n: 1 },
        { qos: 1, properties: { userProperties: { ...HEADERS, note: ['a', 'b'] } } },
      ),
    );
    expect(userProperties).toEqual({ AUTHORIZATION: 'stale', note: ['a', 'b'] });
  });

  it('has them beside the value on Kafka', () => {
    expect(carryMessage(kafka, { n: 1 }, HEADERS).data).toEqual({
      value: { n: 1 },
      headers: HEADERS,
    });
    expect(carryMessage(kafka, 'text', HEADERS).data).toEqual({ value: 'text', headers: HEADERS });
  });

  it('keeps what else a message of Kafka says, and copies it', () => {
    const message = { key: 'k', value: 1, headers: { Authorization: 'stale', note: 'mine' } };
    expect(carryMessage(kafka, message, HEADERS).data).toEqual({
      key: 'k',
      value: 1,
      headers: { ...HEADERS, note: 'mine' },
    });
    expect(message.headers).toEqual({ Authorization: 'stale', note: 'mine' });
  });
});
