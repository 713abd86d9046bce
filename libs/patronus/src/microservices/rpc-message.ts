import type { IncomingHttpHeaders } from 'node:http';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import type { SentHeader } from './rpc-headers.js';

/**
 * Returns a message with these headers. Names are in lower case, as on HTTP. A header that is sent
 * twice is joined, and can still be recognized as repeated. Reading a header that is not text is
 * refused. Brokers add such headers of their own, which are never read.
 */
export function rpcMessage(sent: readonly SentHeader[]): RequestMessage {
  const texts = new Map<string, string>();
  const unreadable = new Set<string>();
  const rawHeaders: string[] = [];
  for (const [name, value] of sent) {
    if (value === undefined || value === null) continue;
    const known = name.toLowerCase();
    const text = textOf(value);
    if (text === undefined) {
      unreadable.add(known);
      continue;
    }
    const before = texts.get(known);
    texts.set(known, before === undefined ? text : `${before}, ${text}`);
    rawHeaders.push(known, text);
  }
  const headers: IncomingHttpHeaders = Object.fromEntries(texts);
  for (const name of unreadable) refuseToRead(headers, name);
  return { headers, rawHeaders };
}

/** Converts a value to text. RabbitMQ distinguishes numbers and booleans from text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value);
  }
  return undefined;
}

function refuseToRead(headers: IncomingHttpHeaders, name: string): void {
  Object.defineProperty(headers, name, {
    enumerable: false,
    get: (): never => {
      throw new PatronusError('invalid_request', { reason: `the header ${name} is not text` });
    },
  });
}
