import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import { bindScope, RequestScope, runInScope } from '../identity/request-scope.js';
import { GraphqlTransport } from './graphql.transport.js';

const transport = new GraphqlTransport(new Set(), 60);

function callOf(operation: object, input: object = {}, info: object = {}): ExecutionContext {
  const context: unknown = { getArgs: () => [undefined, input, operation, info] };
  return context as ExecutionContext;
}

function scopeOf(message?: IncomingMessage): RequestScope {
  const response = message && new ServerResponse(message);
  return new RequestScope(response, () => Promise.reject(new Error('not here')));
}

describe('GraphqlTransport', () => {
  it('takes the scope of the request that brought the operation, and no other', () => {
    const [own, other] = [new IncomingMessage(new Socket()), new IncomingMessage(new Socket())];
    const scope = scopeOf(own);
    bindScope(own, scope);
    const around = (operation: object) => transport.ownScope(callOf(operation));
    expect(around({ req: own })).toBe(scope);
    expect(around({ req: { raw: own } })).toBe(scope);
    expect(runInScope(scope, () => around({ req: other }))).toBeUndefined();
    expect(around({ req: { extra: { request: own } } })).toBeUndefined();
    expect(around({})).toBeUndefined();
    expect(runInScope(scopeOf(), () => around({ req: own }))).toBe(scope);
  });

  it('hands scalar arguments on as parameters, and all of them as the body', () => {
    const req = new IncomingMessage(new Socket());
    const input = { id: 7, clinic: 'norte', all: true, none: null, filter: { id: 8 }, ids: ['9'] };
    expect(transport.requestOf(callOf({ req }, input))).toMatchObject({
      params: { id: '7', clinic: 'norte', all: 'true' },
      body: input,
    });
    const { params } = transport.requestOf(callOf({ req }, input));
    expect(Object.keys(Object(params))).toEqual(['id', 'clinic', 'all']);
  });

  it('denies where the context holds no request', () => {
    expect(() => transport.requestOf(callOf({}))).toThrow(
      expect.objectContaining({ code: 'token_missing' }),
    );
  });

  it('keeps one message for all operations of a connection', () => {
    const handshake = new IncomingMessage(new Socket());
    const ask = (request: IncomingMessage) =>
      transport.requestOf(callOf({ req: { extra: { request } } })).raw;
    expect(ask(handshake)).toBe(ask(handshake));
    expect(ask(handshake)).toMatchObject({ opensSocket: true });
    expect(ask(new IncomingMessage(new Socket()))).not.toBe(ask(handshake));
  });

  it('says what its caller may know of a denial, and nothing else', () => {
    const error = new PatronusError('provider_unavailable', { retryAfter: 5, reason: 'secret' });
    const { message, extensions } = transport.denial(error, 'd-1');
    expect(message).toBe(error.message);
    expect(extensions).toEqual({
      code: 'provider_unavailable',
      decisionId: 'd-1',
      retryAfter: 5,
    });
    expect(transport.denial(new PatronusError('role_denied'), undefined).extensions).toEqual({
      code: 'role_denied',
    });
  });
});
