import type { ExecutionContext } from '@nestjs/common';
import type { PatronusError } from '../errors/patronus.error.js';
import { type RequestScope, scopeOfRequest } from '../identity/request-scope.js';
import type { GuardedRequest } from './guarded-request.js';
import type { CallTarget } from './call-target.js';
import { Transport } from './transport.js';
import { pathOf } from './path-of.js';

/** Members of a request that are used here, for any adapter. */
interface Requested extends GuardedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string | undefined;
}

/** Returns the method and the path of a request of Node's HTTP server, Express or Fastify. */
export function targetOfRequest({ method = '', originalUrl, url }: Requested): CallTarget {
  return { method, path: pathOf(originalUrl ?? url) };
}

/** Transport for requests of Express and Fastify. Their scopes are opened on the server itself. */
export class HttpTransport extends Transport {
  override readonly type = 'http';

  override requestOf(context: ExecutionContext): GuardedRequest {
    return context.getArgByIndex<Requested>(0);
  }

  override targetOf(context: ExecutionContext): CallTarget {
    return targetOfRequest(context.getArgByIndex<Requested>(0));
  }

  /** Returns the error unchanged, because Nest's exception filter can answer a `PatronusError`. */
  override denial(error: PatronusError): PatronusError {
    return error;
  }

  override ownScope(context: ExecutionContext): RequestScope | undefined {
    return scopeOfRequest(context.getArgByIndex(0));
  }
}
