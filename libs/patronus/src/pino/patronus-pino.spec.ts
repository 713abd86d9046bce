import { describe, expect, it } from '@jest/globals';
import { pinoHttp } from 'pino-http';
import { patronusPino } from './patronus-pino.js';

function lineOf(options: Parameters<typeof patronusPino>[0], fields: object): unknown {
  const written: string[] = [];
  const stream = { write: (line: string) => void written.push(line) };
  const { logger } = pinoHttp({ ...patronusPino(options), base: null, timestamp: false }, stream);
  logger.info(fields);
  return JSON.parse(written.join(''));
}

const request = { url: '/a?access_token=s3cr3t', headers: { dpop: 's3cr3t', referer: '/b' } };

describe('patronusPino', () => {
  it('keeps the options that it is given', () => {
    expect(patronusPino({ level: 'debug', quietReqLogger: true })).toEqual({
      level: 'debug',
      quietReqLogger: true,
      mixin: expect.any(Function),
      redact: expect.any(Object),
    });
  });

  it('lets a mixin of the application add fields', () => {
    const mixin = (fields: object) => ({ build: 42, count: Object.keys(fields).length });
    expect(lineOf({ mixin }, { a: 1 })).toEqual({ level: 30, a: 1, build: 42, count: 1 });
  });

  it.each([
    [undefined, '/b', '/a?access_token=[Redacted]'],
    [['req.headers.referer'], '[Redacted]', '/a?access_token=[Redacted]'],
    [['req.url'], '/b', '[Redacted]'],
    [{ paths: ['req.headers.referer'] }, '[Redacted]', '/a?access_token=[Redacted]'],
    [{ paths: ['req.headers.referer'], censor: 'x' }, 'x', '/a?access_token=[Redacted]'],
    [
      { paths: ['req.headers.referer'], censor: (value: unknown) => `was ${String(value)}` },
      'was /b',
      '/a?access_token=[Redacted]',
    ],
    [{ paths: ['req.headers.referer', 'req.url'], remove: true }, undefined, undefined],
  ])('redacts credentials beside %j', (redact, referer, url) => {
    const serializers = { req: (value: unknown) => value };
    const req = { url, headers: { dpop: '[Redacted]', referer } };
    const line = lineOf(
      { redact: redact ?? [], serializers, wrapSerializers: false },
      { req: request },
    );
    expect(line).toEqual({ level: 30, req });
  });

  it('redacts the token of a socket, where a request to open one comes to no gateway', () => {
    const headers = { 'sec-websocket-protocol': 'chat, patronus.bearer.s3cr3t' };
    const line = lineOf({ wrapSerializers: false, serializers: {} }, { req: { headers } });
    expect(line).toMatchObject({ req: { headers: { 'sec-websocket-protocol': '[Redacted]' } } });
  });

  it('redacts credentials under the names that the application gives request and response', () => {
    const customAttributeKeys = { req: 'request', res: 'response' };
    const response = { headers: { 'set-cookie': 's3cr3t' } };
    const line = lineOf({ customAttributeKeys, wrapSerializers: false }, { request, response });
    expect(JSON.stringify(line)).not.toContain('s3cr3t');
    expect(line).toEqual(expect.objectContaining({ response: { headers: expect.any(Object) } }));
  });

  it.each([
    ['/a', '/a'],
    ['/a?b=c&access_token=s3cr3t&d=e', '/a?b=c&access_token=[Redacted]&d=e'],
    ['/a?access%5Ftoken=s3cr3t#f', '/a?access%5Ftoken=[Redacted]#f'],
    ['/access_token=kept?c=access_token', '/access_token=kept?c=access_token'],
    ['/a?access_token', '/a?access_token'],
    [7, 7],
  ])('writes the URL %j as %j', (url, written) => {
    const line = lineOf({ wrapSerializers: false, serializers: {} }, { req: { url } });
    expect(line).toEqual({ level: 30, req: { url: written } });
  });
});
