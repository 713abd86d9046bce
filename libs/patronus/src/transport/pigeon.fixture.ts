import type { ExecutionContext } from '@nestjs/common';
import type { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { CallTarget } from './call-target.js';
import { type GuardedRequest, messageOfHeaders } from './guarded-request.js';
import { Transport } from './transport.js';

/** Transport without a package, for specs of behaviour that all transports share. */
export class PigeonTransport extends Transport {
  override readonly type = 'pigeon';
  asked = 0;
  params: unknown;
  /** Scope of the request that calls are a part of. */
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

/** Creates a call of a transport, as guards and interceptors see it. */
export function callOf(type: string, args: unknown[] = []): ExecutionContext {
  const context: unknown = {
    getType: () => type,
    getArgs: () => args,
    getArgByIndex: () => args[0],
  };
  return context as ExecutionContext;
}

export const refuse = () => Promise.reject(new Error('not here'));
