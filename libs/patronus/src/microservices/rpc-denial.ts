import { RpcException } from '@nestjs/microservices';
import type { PatronusError } from '../errors/patronus.error.js';
import { hasMethods } from './has-methods.js';

/** Status codes of gRPC by those of HTTP. Nest 11 has an enum of them, and does not export it. */
const GRPC_STATUSES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 5, // NOT_FOUND
  503: 14, // UNAVAILABLE
};
const GRPC_UNKNOWN = 2;

/** Denial for microservices. Nest sends only the result of `getError()`. */
export class RpcDenial extends RpcException {}

/**
 * Converts an error to a denial.
 *
 * @param args - arguments of the handler. Metadata of gRPC among them means that the caller expects
 * gRPC.
 */
export function rpcDenial(
  error: PatronusError,
  decisionId: string | undefined,
  args: readonly unknown[],
): RpcDenial {
  const { code, message, retryAfter, disclosed } = error;
  const metadata = args.map(metadataLike).find((found) => found !== undefined);
  if (metadata === undefined) {
    const retry = retryAfter === undefined ? {} : { retryAfter };
    return new RpcDenial({ ...disclosed, status: 'error', code, message, decisionId, ...retry });
  }
  metadata.set('patronus-code', code);
  if (decisionId !== undefined) metadata.set('patronus-decision', decisionId);
  // gRFC A6: milliseconds for which a client should not retry.
  if (retryAfter !== undefined) metadata.set('grpc-retry-pushback-ms', String(retryAfter * 1000));
  const status = GRPC_STATUSES[error.getStatus()] ?? GRPC_UNKNOWN;
  return new RpcDenial({ code: status, message, metadata });
}

/**
 * Creates empty metadata of the class that came in. `@grpc/grpc-js` accepts no other class, and is
 * not loaded here.
 */
function metadataLike(arg: unknown): Record<'set', (...args: unknown[]) => unknown> | undefined {
  const metadata: unknown = hasMethods(arg, 'getMap') ? arg : callMetadata(arg);
  if (!hasMethods(metadata, 'getMap', 'clone', 'remove')) return undefined;
  const copy = metadata.clone();
  if (!hasMethods(copy, 'getMap', 'remove', 'set')) return undefined;
  for (const name of Object.keys(copy.getMap() ?? {})) copy.remove(name);
  return copy;
}

function callMetadata(call: unknown): unknown {
  return typeof call === 'object' && call !== null && 'metadata' in call
    ? call.metadata
    : undefined;
}
