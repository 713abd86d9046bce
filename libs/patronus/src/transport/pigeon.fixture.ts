import type { ExecutionContext } from '@nestjs/common';
import type { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { CallTarget } from './call-target.js';
import { type GuardedRequest, messageOfHeaders } from './guarded-request.js';
import { Transport } from './transport.js';

/** A transport that is no package's, for specs of what holds for each of them. */
export class PigeonTransport extends Transport {
  override readonly type = 'pigeon';
  asked = 0;
  params: unknown;
  /** What calls are a part of. */
  own: RequestScope | undefined;

  override requestOf(): GuardedRequest {
    this.asked += 1;
    return { raw: messageOfHeaders({ Authorization: 'Bearer t' }), params: this.params };
  }
  override targetOf(): CallTarget {
    return { method: 'LETTER', path: 'roof' };
  }
  override denial(error: PatronusError, decisionId: string | undefined): Error {
    return new Error(`${error.code} ${decisionId ?? 'undecided'}`);
  }
  override ownScope(): RequestScope | undefined {
    return this.own;
  }
}

/** A call of some transport, as guards and interceptors see it. */
export function callOf(type: string, args: unknown[] = []): ExecutionContext {
  const context: unknown = {
    getType: () => type,
    getArgs: () => args,
    getArgByIndex: () => args[0],
  };
  return context as ExecutionContext;
}

export const refuse = () => Promise.reject(new Error('not here'));
