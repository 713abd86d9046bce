import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** Returns a message with these headers, joined as Node joins them. */
export function requestMessage(
  headers: readonly (readonly [name: string, value: string])[],
  method = 'GET',
  socket = new Socket(),
): IncomingMessage {
  const message = new IncomingMessage(socket);
  message.method = method;
  message.url = '/';
  message.rawHeaders = headers.flat();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = message.headers[key];
    if (before === undefined) message.headers[key] = value;
    else if (key === 'cookie') message.headers.cookie = `${String(before)}; ${value}`;
    else if (key !== 'authorization') message.headers[key] = `${String(before)}, ${value}`;
  }
  return message;
}
