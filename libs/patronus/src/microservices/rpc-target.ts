import type { ExecutionContext } from '@nestjs/common';
import type { CallTarget } from '../transport/call-target.js';

/** Metadata keys of Nest for handlers; its packages do not export them. */
const PATTERNS = 'microservices:pattern';
const HANDLER_TYPE = 'microservices:handler_type';
const EVENT = 2;

/** Returns `RPC` or `EVENT`, and the pattern of the handler. */
export function rpcTarget(context: ExecutionContext): CallTarget {
  const handler = context.getHandler();
  const isEvent = Reflect.getMetadata(HANDLER_TYPE, handler) === EVENT;
  return {
    method: isEvent ? 'EVENT' : 'RPC',
    path: patternsOf(handler).map(textOf).join(', '),
  };
}

export function patternsOf(handler: Function): readonly unknown[] {
  const patterns: unknown = Reflect.getMetadata(PATTERNS, handler);
  return Array.isArray(patterns) ? patterns : [];
}

/**
 * Returns the streaming mode of a method of gRPC: `no_stream`, `rx_stream` or `pt_stream`.
 * Undefined for other handlers.
 */
export function streamingOf(pattern: unknown): unknown {
  return typeof pattern === 'object' && pattern !== null && 'streaming' in pattern
    ? pattern.streaming
    : undefined;
}

function textOf(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern;
  if (typeof pattern !== 'object' || pattern === null) return String(pattern);
  if (streamingOf(pattern) !== undefined && 'service' in pattern && 'rpc' in pattern) {
    return `${String(pattern.service)}/${String(pattern.rpc)}`;
  }
  return JSON.stringify(pattern);
}
