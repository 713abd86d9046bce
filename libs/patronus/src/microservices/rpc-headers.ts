import { PatronusError } from '../errors/patronus.error.js';
import { memberOf } from '../transport/member-of.js';
import { hasMethods } from './has-methods.js';

/** Name of a header as it was sent, with one of its values. */
export type SentHeader = readonly [name: string, value: unknown];

/**
 * Returns the headers of a call, by the arguments that Nest passes to its handler: metadata of
 * gRPC, headers of NATS, RabbitMQ and Kafka, user properties of MQTT, and the packet's metadata of
 * TCP, Redis and custom transports. The payload is never read. Neither is the packet's metadata if
 * the transport has headers of its own.
 *
 * @throws {PatronusError} `transport_unsupported` if it is none of them
 */
export function sentHeaders([first, second]: readonly unknown[]): readonly SentHeader[] {
  const metadata = metadataOf(first, second);
  if (metadata !== undefined) return severalOf(metadata.getMap(), (name) => metadata.get(name));
  if (hasMethods(second, 'getHeaders')) return ofNats(second.getHeaders());
  if (hasMethods(second, 'getMessage')) return ofMessage(second.getMessage());
  if (hasMethods(second, 'getPacket')) {
    return ofRecord(memberOf(memberOf(second.getPacket(), 'properties'), 'userProperties'));
  }
  if (hasMethods(second, 'getMetadata')) return ofRecord(second.getMetadata());
  throw new PatronusError('transport_unsupported', {
    reason:
      'the context of the call has neither headers nor metadata; TCP and Redis have none before Nest 12',
  });
}

/**
 * Returns the metadata of gRPC, which is beside the request, or in the call if that is the only
 * argument of a handler.
 */
function metadataOf(first: unknown, second: unknown): ReturnType<typeof asMetadata> {
  const isAlone = second === undefined || typeof second === 'function';
  return asMetadata(isAlone ? memberOf(first, 'metadata') : second);
}

function asMetadata(
  value: unknown,
): Record<'getMap' | 'get', (name?: unknown) => unknown> | undefined {
  return hasMethods(value, 'getMap', 'get') ? value : undefined;
}

function ofNats(headers: unknown): readonly SentHeader[] {
  if (!hasMethods(headers, 'keys', 'values')) return ofRecord(headers);
  const names = headers.keys();
  if (!Array.isArray(names)) return [];
  return names.flatMap((name) => eachOf(String(name), headers.values(name)));
}

/**
 * Returns the headers of a message. RabbitMQ keeps them in its properties, Kafka in the message
 * itself.
 */
function ofMessage(message: unknown): readonly SentHeader[] {
  const properties = memberOf(message, 'properties');
  return ofRecord(memberOf(properties ?? message, 'headers'));
}

function ofRecord(record: unknown): readonly SentHeader[] {
  return severalOf(record, (name) => memberOf(record, name));
}

function severalOf(record: unknown, valuesOf: (name: string) => unknown): readonly SentHeader[] {
  if (typeof record !== 'object' || record === null) return [];
  return Object.keys(record).flatMap((name) => eachOf(name, valuesOf(name)));
}

function eachOf(name: string, values: unknown): readonly SentHeader[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [values];
  return list.map((value) => [name, value]);
}
