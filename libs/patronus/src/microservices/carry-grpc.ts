import type { ForwardedHeaders } from './forwarded-headers.js';
import { hasMethods } from './has-methods.js';
import { boundMember } from './bound-member.js';

/** Part of a call of `@grpc/grpc-js` that an interceptor uses (gRFC L5). */
type GrpcCall = Record<'start', (...args: unknown[]) => unknown>;

/**
 * Returns the arguments of a method of a gRPC client, with these headers in its metadata: a copy of
 * the application's metadata, or, without any, an interceptor of the call that adds them.
 */
export function carryGrpc(args: readonly unknown[], headers: ForwardedHeaders): readonly unknown[] {
  const [request, given, ...rest] = args;
  if (hasMethods(given, 'clone', 'set')) return [request, withMetadata(given, headers), ...rest];
  const options = typeof given === 'object' && given !== null ? given : {};
  const known: unknown = 'interceptors' in options ? options.interceptors : [];
  const others: readonly unknown[] = Array.isArray(known) ? known : [];
  return [request, { ...options, interceptors: [...others, interceptor(headers)] }, ...rest];
}

function withMetadata(
  metadata: Record<'clone', () => unknown>,
  headers: ForwardedHeaders,
): unknown {
  const copy = metadata.clone();
  if (!hasMethods(copy, 'set'))
    throw new TypeError('The metadata of a gRPC call cannot be copied.');
  for (const [name, value] of Object.entries(headers)) copy.set(name, value);
  return copy;
}

function interceptor(headers: ForwardedHeaders) {
  return (options: object, nextCall: (options: object) => GrpcCall): GrpcCall =>
    new Proxy(nextCall(options), {
      get(call, name) {
        if (name === 'start') {
          return (metadata: unknown, ...rest: unknown[]) => {
            if (!hasMethods(metadata, 'clone')) throw new TypeError('A gRPC call has no metadata.');
            return call.start(withMetadata(metadata, headers), ...rest);
          };
        }
        return boundMember(call, name);
      },
    });
}
