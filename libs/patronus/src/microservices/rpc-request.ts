import type { ExecutionContext } from '@nestjs/common';
import { isObservable } from 'rxjs';
import type { GuardedRequest } from '../transport/guarded-request.js';
import { scalarsAsText } from '../transport/scalars-as-text.js';
import { sentHeaders } from './rpc-headers.js';
import { rpcMessage } from './rpc-message.js';

/** Returns the request that a call corresponds to: its headers, and the payload as its body. */
export function rpcRequest(context: ExecutionContext): GuardedRequest {
  const args = context.getArgs<unknown[]>();
  const body = payloadOf(args);
  return {
    raw: rpcMessage(sentHeaders(args)),
    body,
    get params() {
      return scalarsAsText(body);
    },
  };
}

/**
 * Returns the payload. Undefined for streams, of which nothing is known before the call is
 * admitted.
 */
function payloadOf([first, second]: readonly unknown[]): unknown {
  const isCall = second === undefined || typeof second === 'function';
  return isCall || isObservable(first) ? undefined : first;
}
