import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { RequestStreamInterceptor } from './request-stream.interceptor.js';
import { patternsOf, streamingOf } from './rpc-target.js';
import { StreamCallFilter } from './stream-call.filter.js';

/** Where Nest keeps what belongs to a handler; its packages do not export the names. */
const INTERCEPTORS = '__interceptors__';
const FILTERS = '__exceptionFilters__';

/** Puts onto the handlers of gRPC streams what they need, before Nest binds them. */
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
 * Behind the interceptor that opens the scope, and before those of the application. Into the list that
 * is there, without going through it: it tells when Nest does.
 */
function addInterceptor(handler: Function): void {
  const known: unknown = Reflect.getMetadata(INTERCEPTORS, handler);
  if (!Array.isArray(known)) return;
  if (known.some((one) => one instanceof RequestStreamInterceptor)) return;
  known.splice(1, 0, new RequestStreamInterceptor());
}

/** At the end, which Nest asks first: a denial must be answered, whatever else catches it. */
function addFilter(handler: Function): void {
  const others = listOf(FILTERS, handler).filter((one) => !(one instanceof StreamCallFilter));
  Reflect.defineMetadata(FILTERS, [...others, new StreamCallFilter()], handler);
}

function listOf(key: string, handler: Function): readonly unknown[] {
  const known: unknown = Reflect.getMetadata(key, handler);
  return Array.isArray(known) ? known : [];
}
