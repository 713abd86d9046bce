import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ForbiddenException } from '@nestjs/common';
import { PatronusError } from '../../errors/patronus.error.js';
import { readAnswer } from './read-answer.js';

const DENIED = { code: 'permission_denied', failed: true };
const BODY = { statusCode: 403, code: 'permission_denied', message: 'No.' };
const EXTENSIONS = { code: 'permission_denied', decisionId: 'd-1' };

function http(status: number, body: unknown, headers: object = {}) {
  return { status, headers, body };
}

let server: Server | undefined;

afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('readAnswer()', () => {
  it.each([
    ['supertest', http(403, BODY)],
    ['inject()', { statusCode: 403, headers: {}, body: JSON.stringify(BODY) }],
    ['GraphQL over HTTP', http(200, { data: null, errors: [{ extensions: EXTENSIONS }] })],
    ['a result of GraphQL', { errors: [{ message: 'No.', extensions: EXTENSIONS }] }],
    [
      'a result of GraphQL with another error before it',
      { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }, { extensions: EXTENSIONS }] },
    ],
    [
      'executeOperation() of Apollo',
      {
        http: { headers: new Map() },
        body: { kind: 'single', singleResult: { errors: [{ extensions: EXTENSIONS }] } },
      },
    ],
    ['an error of GraphQL', Object.assign(new Error('No.'), { extensions: EXTENSIONS })],
    ['the payload of a Socket.IO exception', { status: 'error', ...EXTENSIONS }],
    ['a message of ws', { event: 'exception', data: EXTENSIONS }],
    ['a message of ws as text', JSON.stringify({ event: 'exception', data: EXTENSIONS })],
    ['a connect_error', Object.assign(new Error('No.'), { data: EXTENSIONS })],
    ['an error of a microservice', { ...EXTENSIONS, message: 'No.' }],
    ['an error within an error', { status: 'error', message: EXTENSIONS }],
    ['a thrown PatronusError', new PatronusError('permission_denied')],
    ['the body alone', BODY],
  ])('reads the code of %s', async (_what, received) => {
    expect(await readAnswer(received)).toMatchObject(DENIED);
  });

  it.each([
    ['a success over HTTP', http(200, { id: 1 }), { failed: false, code: undefined }],
    ['a success without a body', http(204, {}), { failed: false, status: 204 }],
    ['a success that talks of a code', http(200, BODY), { failed: false, code: undefined }],
    ['data of GraphQL', { data: { code: 'permission_denied' } }, { failed: false }],
    ['no errors of GraphQL', { data: {}, errors: [] }, { failed: false }],
    ['an acknowledgement', { ok: true, data: BODY }, { failed: false }],
    ['a 403 of somebody else', http(403, new ForbiddenException().getResponse()), { failed: true }],
    ['a page with a failure', http(500, '<html>'), { failed: true, code: undefined }],
    ['an error without a code', { status: 'error', message: 'Internal' }, { failed: true }],
    ['an error of Node', Object.assign(new Error(), { code: 'ECONNREFUSED' }), { failed: true }],
    ['an error with no text', { errors: ['broken'] }, { failed: true, code: undefined }],
  ])('takes %s for what it is', async (_what, received, expected) => {
    expect(await readAnswer(received)).toMatchObject(expected);
    expect(await readAnswer(received)).not.toMatchObject(DENIED);
  });

  it('finds the id of the decision in the header, or beside the code', async () => {
    const answers = [
      http(403, BODY, { 'patronus-decision': 'd-1' }),
      { errors: [{ extensions: EXTENSIONS }] },
    ];
    for (const one of answers) expect((await readAnswer(one)).decisionId).toBe('d-1');
    expect((await readAnswer(http(403, BODY))).decisionId).toBeUndefined();
  });

  it('reads a response of fetch, and leaves its body to be read', async () => {
    server = createServer((_request, response) => {
      response.writeHead(403, { 'Patronus-Decision': 'd-2' }).end(JSON.stringify(BODY));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const response = await fetch(`http://127.0.0.1:${port}`);
    expect(await readAnswer(response)).toEqual({ ...DENIED, status: 403, decisionId: 'd-2' });
    expect(await response.json()).toEqual(BODY);
    await expect(readAnswer(response)).rejects.toThrow('read already');
  });

  it.each([undefined, null, 7, true, 'a greeting', [{ errors: [] }]])(
    'finds nothing to read in %j',
    (received) => {
      expect(() => readAnswer(received)).toThrow('not an answer');
    },
  );

  it('says where nobody awaited', () => {
    expect(() => readAnswer(Promise.resolve(http(403, BODY)))).toThrow('await it first');
  });
});
