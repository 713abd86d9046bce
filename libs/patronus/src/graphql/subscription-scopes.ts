import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExecutionContext } from '@nestjs/common';
import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type RequestScope, runOutsideScopes } from '../identity/request-scope.js';
import { HandlerExplorer } from '../transport/handler-explorer.js';
import { callOf } from './graphql-call.js';

/**
 * Metadata key under which Nest keeps the options of `@Subscription()`. The package does not export
 * it.
 */
const SUBSCRIPTION_OPTIONS = 'graphql:subscription_options;';

/** Options that Nest calls for each event, with the payload, the arguments and the context. */
const PER_EVENT = ['filter', 'resolve'] as const;

type Run = ReturnType<typeof AsyncLocalStorage.snapshot>;
type Method = (this: unknown, ...args: unknown[]) => unknown;

interface Subscribed {
  readonly identity: RequestScope['identity'];
  readonly tenantId: string | undefined;
  readonly run: Run;
}

/** Shared by the process: a resolver class may serve several applications. */
const subscriptions = new WeakMap<object, Map<Function, Subscribed | 'ambiguous'>>();
const wrapped = new WeakSet<Method>();

/** Keeps the context of an admitted subscriber for the events that follow. */
export function keepSubscriber(context: ExecutionContext, scope: RequestScope): void {
  const handler = context.getHandler();
  if (!Reflect.hasMetadata(SUBSCRIPTION_OPTIONS, handler)) return;
  const operation = callOf(context).context;
  const known = subscriptions.get(operation) ?? new Map<Function, Subscribed | 'ambiguous'>();
  subscriptions.set(operation, known);
  const { identity, tenantId } = scope;
  const before = known.get(handler);
  // An application may use one context for several operations. None may see another's tenant.
  const isSame =
    before === undefined ||
    (before !== 'ambiguous' && before.identity === identity && before.tenantId === tenantId);
  const run = AsyncLocalStorage.snapshot();
  known.set(handler, isSame ? { identity, tenantId, run } : 'ambiguous');
}

/**
 * Makes `filter` and `resolve` of each `@Subscription()` run as the subscriber. Called before Nest
 * reads them.
 */
export function bindSubscriptions(discovery: DiscoveryService): void {
  for (const { type, handler } of new HandlerExplorer(discovery, new MetadataScanner()).all()) {
    const options: unknown = Reflect.getMetadata(SUBSCRIPTION_OPTIONS, handler);
    if (type !== 'graphql' || typeof options !== 'object' || options === null) continue;
    const changed = new Map<string, unknown>(Object.entries(options));
    for (const name of PER_EVENT) {
      const method = changed.get(name);
      if (isMethod(method) && !wrapped.has(method))
        changed.set(name, asSubscriber(handler, method));
    }
    const bound: unknown = Object.fromEntries(changed);
    Reflect.defineMetadata(SUBSCRIPTION_OPTIONS, bound, handler);
  }
}

function asSubscriber(handler: Function, method: Method): Method {
  const bound: Method = function (...args) {
    const [, , operation] = args;
    const isObject = typeof operation === 'object' && operation !== null;
    const subscribed = isObject ? subscriptions.get(operation)?.get(handler) : undefined;
    const call = (): unknown => method.apply(this, args);
    // Events may arrive in the context of the request that caused them.
    if (subscribed === undefined || subscribed === 'ambiguous') return runOutsideScopes(call);
    return subscribed.run(call);
  };
  wrapped.add(bound);
  return bound;
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}
