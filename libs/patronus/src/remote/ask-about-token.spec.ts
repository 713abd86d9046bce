import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askAboutToken } from './ask-about-token.js';
import { FailingAnswerError } from './remote-errors.js';
import { known } from './verdict.js';

let server: Server;
let url: string;

/** Answers each request with the status that its path names. */
beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    response.end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

const ask = (status: number) =>
  askAboutToken({
    url: `${url}/${status}`,
    request: {},
    judgeStatus: () => undefined,
    judge: known,
  });

describe('the status of an answer about a token', () => {
  it.each([500, 503, 599, 429])('%i is a failure of the server', async (status) => {
    await expect(ask(status)).rejects.toThrow(FailingAnswerError);
  });

  it.each([
    [200, 'known'],
    [204, 'unclear'],
    [400, 'unclear'],
    [428, 'unclear'],
    [499, 'unclear'],
    [413, 'refused'],
    [431, 'refused'],
  ])('%i concerns that token: %s', async (status, kind) => {
    expect(await ask(status)).toMatchObject({ kind });
  });
});
