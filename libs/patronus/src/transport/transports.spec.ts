import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { PatronusError } from '../errors/patronus.error.js';
import { currentScope, RequestScope, runInScope } from '../identity/request-scope.js';
import { type GuardedRequest, messageOfHeaders } from './guarded-request.js';
import type { CallTarget } from './call-target.js';
import { Transport } from './transport.js';
import { Transports } from './transports.js';

class PigeonTransport extends Transport {
  override readonly type = 'pigeon';
  asked = 0;

  override requestOf(): GuardedRequest {
    this.asked += 1;
    return { raw: messageOfHeaders({ Authorization: 'Bearer t' }) };
  }
  override targetOf(): CallTarget {
    return { method: 'LETTER', path: 'roof' };
  }
  override denial(error: PatronusError): Error {
    return new Error(error.code);
  }
}

function callOf(type: string, args: unknown[] = []): ExecutionContext {
  const context: unknown = { getType: () => type, getArgs: () => args };
  return context as ExecutionContext;
}

const refuse = () => Promise.reject(new Error('not here'));

describe('Transports', () => {
  it.each([
    ['one twice', [new PigeonTransport(), new PigeonTransport()]],
    ['http again', [Object.assign(new PigeonTransport(), { type: 'http' })]],
    ['something else', ['graphql']],
    ['no list', 'graphql'],
  ])('refuse %s', (_name, transports) => {
    expect(() => Reflect.construct(Transports, [transports])).toThrow(
      expect.objectContaining({ name: 'PatronusConfigurationError' }),
    );
  });

  it('deny what is not listed', () => {
    const transports = new Transports([new PigeonTransport()]);
    expect(() => transports.open(callOf('smoke'), refuse)).toThrow(
      expect.objectContaining({ code: 'transport_unsupported', reason: 'smoke' }),
    );
    expect(transports.has('smoke')).toBe(false);
    expect(transports.has('pigeon')).toBe(true);
  });

  it('open one scope a call, and never take one that happens to be around', () => {
    const transports = new Transports([new PigeonTransport()]);
    const [one, other] = [callOf('pigeon'), callOf('pigeon')];
    const around = new RequestScope(undefined, refuse);
    runInScope(around, () => {
      expect(transports.scopeOf(one)).toBeUndefined();
      const scope = transports.open(one, refuse);
      expect(scope).not.toBe(around);
      expect(transports.open(one, refuse)).toBe(scope);
      expect(transports.scopeOf(one)).toBe(scope);
      expect(transports.open(other, refuse)).not.toBe(scope);
      expect(currentScope()).toBe(around);
    });
  });

  it('ask for the request of a call once', () => {
    const pigeon = new PigeonTransport();
    const transports = new Transports([pigeon]);
    const call = callOf('pigeon');
    transports.open(call, refuse);
    expect(transports.requestOf(call)).toBe(transports.requestOf(call));
    expect(pigeon.asked).toBe(1);
    expect(transports.requestOf(call).raw?.headers).toEqual({ authorization: 'Bearer t' });
  });

  it('refuse an HTTP request that the module has not seen', () => {
    expect(() => new Transports().open(callOf('http'), refuse)).toThrow(
      'PatronusModule has not seen this request.',
    );
  });
});
