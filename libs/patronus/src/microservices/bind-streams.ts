import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { RequestStreamInterceptor } from './request-stream.interceptor.js';
import { patternsOf, streamingOf } from './rpc-target.js';
import { StreamCallFilter } from './stream-call.filter.js';

/** Metadata keys of Nest for a handler; its packages do not export the names. */
const INTERCEPTORS = '__interceptors__';
const FILTERS = '__exceptionFilters__';

/**
 * Adds to the handlers of gRPC streams the interceptor and the filter that they need, before Nest
 * binds them.
 */
export function bindStreams(discovery: DiscoveryService): void {
  const owners = new Set(discovery.getControllers().map(({ metatype }) => metatype));
  for (const owner of owners) {
    if (typeof owner !== 'function') continue;
    for (const handler of methodsOf(owner)) {
      const streaming = patternsOf(handler).map(streamingOf);
      if (streaming.includes('rx_stream')) addInterceptor(handler);
      if (streaming.includes('pt_stream')) addFilter(handler);
    }
  }
}

function methodsOf(owner: Function): readonly Function[] {
  const prototype: unknown = owner.prototype;
  if (typeof prototype !== 'object' || prototype === null) return [];
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const method: unknown = Reflect.get(prototype, name);
    return typeof method === 'function' ? [method] : [];
  });
}

/**
 * Adds an interceptor behind the one that opens the scope, and before those of the application.
 * Inserts it into the existing list without iterating over it, because the list notices when Nest
 * does so.
 */
function addInterceptor(handler: Function): void {
  const known: unknown = Reflect.getMetadata(INTERCEPTORS, handler);
  if (!Array.isArray(known)) return;
  if (known.some((one) => one instanceof RequestStreamInterceptor)) return;
  known.splice(1, 0, new RequestStreamInterceptor());
}

/**
 * Adds a filter at the end, which Nest asks first: a denial must be answered, regardless of other
 * filters.
 */
function addFilter(handler: Function): void {
  const others = listOf(FILTERS, handler).filter((one) => !(one instanceof StreamCallFilter));
  Reflect.defineMetadata(FILTERS, [...others, new StreamCallFilter()], handler);
}

function listOf(key: string, handler: Function): readonly unknown[] {
  const known: unknown = Reflect.getMetadata(key, handler);
  return Array.isArray(known) ? known : [];
}
