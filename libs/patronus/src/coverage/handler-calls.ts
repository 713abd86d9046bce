import type { ApplicationConfig } from '@nestjs/core';
import { type BoundHandler, isRootType, resolverType } from '../transport/handler-explorer.js';
import { httpCalls } from './http-paths.js';

/**
 * Returns the calls of a handler as operators write them: `GET /patients`, `MESSAGE chat`,
 * `QUERY patients`.
 */
export function callsOf(
  bound: BoundHandler,
  config: ApplicationConfig,
  modulePath: string,
): readonly string[] {
  if (bound.calls !== undefined) return bound.calls;
  if (bound.type === 'http') return httpCalls(bound, config, modulePath);
  const { handler, name } = bound;
  const metadata = (key: string): unknown => Reflect.getMetadata(key, handler);
  if (bound.type === 'ws') return [`MESSAGE ${textOf(metadata('message'))}`];
  if (bound.type === 'rpc') {
    // In Nest, 1 is a message with a response, 2 an event.
    const kind = metadata('microservices:handler_type') === 2 ? 'EVENT' : 'RPC';
    const patterns = metadata('microservices:pattern');
    const list: readonly unknown[] = Array.isArray(patterns) ? patterns : [patterns];
    return list.map((pattern) => `${kind} ${textOf(pattern)}`);
  }
  const field = metadata('graphql:resolver_name') ?? name;
  const parent = resolverType(bound);
  return isRootType(parent)
    ? [`${parent.toUpperCase()} ${textOf(field)}`]
    : [`FIELD ${bound.owner.name}.${textOf(field)}`];
}

function textOf(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}
