import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { EventPlatform, respond } from '../../../../../test/fixtures/event-platform.js';
import {
  answerOf,
  instanceOf,
  type PlatformInstance,
} from '../../../../../test/fixtures/platform-instance.js';
import { until } from '../../../../../test/environment/until.js';

let platform: EventPlatform;
let instance: PlatformInstance;
let warnings: string[];

beforeEach(async () => {
  warnings = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void warnings.push(line));
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
  platform = await EventPlatform.start();
  instance = instanceOf(platform);
});
afterEach(async () => {
  await instance.revocations.stop();
  await platform.stop();
  jest.restoreAllMocks();
});

const answer = (session: string) => answerOf(instance, platform.issuer, session);
const ended = (session: string) => JSON.stringify({ subject: { type: 'session', id: session } });
const READY = 'event: ready\nid: a-1\ndata: {}\n\n';

/** Sends these bytes to each client, in chunks of a size, and keeps the stream open with comments. */
function sendBytes(text: string | Uint8Array, size = Number.POSITIVE_INFINITY): void {
  const bytes = Buffer.from(text);
  platform.answerEvents = async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (let at = 0; at < bytes.length; at += size) {
      response.write(bytes.subarray(at, at + size));
      await turn();
    }
    beat(response);
  };
}

function beat(response: ServerResponse): void {
  const timer = setInterval(() => response.write(':\n'), 100);
  response.once('close', () => clearInterval(timer));
}

describe('the event stream', () => {
  const text = `retry: 1000\n\nevent: session.ended\ndata: ${ended('ñ€𝕊')}\n\n${READY}`;

  it.each([
    ['LF', text],
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['CR', `${text.replaceAll('\n', '\r')}:`],
    ['a byte order mark', `\uFEFF${text.slice('retry: 1000\n\n'.length)}`],
    ['no blank after the colons', text.replaceAll(/^(event|data|id): /gm, '$1:')],
    ['data on several lines', text.replace('{"subject"', '{\ndata: "subject"')],
    ['comments and unknown fields', `: hi\nfield: x\nfield\n${text.replace('\n\n', '\n:\n\n')}`],
    ['an event without a type', `data: hi\n\n${text}`],
  ])('is read with %s, in one chunk and byte by byte', async (_what, sent) => {
    for (const size of [Number.POSITIVE_INFINITY, 1]) {
      sendBytes(sent, size);
      instance = instanceOf(platform);
      await instance.revocations.start();
      await until('good', () => answer('s2'));
      expect(answer('ñ€𝕊')).toBe('revoked');
      await instance.revocations.stop();
    }
    expect(warnings.join()).not.toContain('cannot be read');
  });

  it('ignores an event that is cut off before its blank line', async () => {
    platform.answerEvents = (_request, response) => {
      platform.answerEvents = undefined;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`${READY}event: session.ended\ndata: ${ended('s1')}\n`);
    };
    await instance.revocations.start();
    await until(1, () => platform.clients.size);
    await until('good', () => answer('s1'));
  });

  it.each([
    ['a line', `data: ${'x'.repeat(70_000)}\n\n`, 'more than 64 KiB'],
    ['a line without an end', 'x'.repeat(70_000), 'more than 64 KiB'],
    ['a comment', `:${'x'.repeat(200_000)}`, 'more than 64 KiB'],
    ['an event', `data: ${'x'.repeat(1000)}\n`.repeat(80), 'more than 64 KiB'],
  ])('is closed at %s that is too long', async (_what, sent, message) => {
    const closed = Promise.withResolvers<void>();
    platform.answerEvents = (_request, response) => {
      response.once('close', () => closed.resolve());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(sent);
      beat(response);
    };
    const starting = instance.revocations.start();
    await closed.promise;
    await until(true, () => warnings.length > 0);
    expect(warnings[0]).toContain(message);
    expect(answer('s1')).toBe('provider_unavailable');
    await starting;
  });

  it('is closed where bytes arrive, and no event or comment is ever complete', async () => {
    sendBytes(READY);
    await instance.revocations.start();
    await until('good', () => answer('s1'));
    platform.answerEvents = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(READY);
      const timer = setInterval(() => response.write('x'), 50);
      response.once('close', () => clearInterval(timer));
    };
    const other = instanceOf(platform);
    await other.revocations.start();
    await until('provider_unavailable', () => answerOf(other, platform.issuer, 's1'));
    await other.revocations.stop();
  });

  it.each([
    ['another type', { 'content-type': 'text/html' }, 200],
    ['no type', {}, 200],
    ['a redirect', { 'content-type': 'text/event-stream', location: '/elsewhere' }, 302],
    ['no content', { 'content-type': 'text/event-stream' }, 204],
  ])('is not one with %s', async (_what, headers, status) => {
    platform.answerEvents = (_request, response) => {
      response.writeHead(status, headers);
      response.end(READY);
    };
    await instance.revocations.start();
    expect(answer('s1')).toBe('provider_unavailable');
    expect(warnings).toEqual([expect.stringContaining(`${platform.issuer}/api/v1/events answers`)]);
  });

  it.each(['', 'ñ', 'two words', 'x'.repeat(2000)])(
    'begins again after an id that no header can hold: %j',
    async (id) => {
      sendBytes(`event: ready\nid: ${id}\ndata: {}\n\n`);
      await instance.revocations.start();
      await until('good', () => answer('s1'));
      const asked = Promise.withResolvers<string | undefined>();
      platform.answerEvents = (request, response) => {
        asked.resolve(request.headers['last-event-id']?.toString());
        respond(response, 503, {});
      };
      await platform.stop();
      await platform.listen();
      expect(await asked.promise).toBeUndefined();
    },
  );
});
