import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Request as the adapter receives it, its response, and functions that continue or end it. */
export interface Arrival {
  readonly request: object;
  /** Forms of the request target that the adapter knows. */
  readonly targets: readonly unknown[];
  readonly reply: object;
  readonly response: ServerResponse;
  readonly proceed: (error?: unknown) => void;
}

type Handler = (arrival: Arrival) => void;

/**
 * Adds a handler that runs before anything else that an adapter does with a request, regardless of
 * the order of the application's set-up. Neither framework has a public API for this.
 *
 * @throws {PatronusConfigurationError} if the adapter cannot be extended in this way
 */
export function beforeEverything(adapter: AbstractHttpAdapter, handler: Handler): void {
  const type = adapter.getType();
  if (type === 'express' && onExpress(adapter, handler)) return;
  if (type === 'fastify' && onFastify(adapter.getInstance<object>(), handler)) return;
  throw new PatronusConfigurationError(
    'protect',
    `cannot run before the HTTP adapter "${type}".`,
    'Call it after NestFactory.create() and before app.listen(), on Express 5 or Fastify 5.',
  );
}

function onExpress(adapter: AbstractHttpAdapter, handler: Handler): boolean {
  const layers = memberOf(memberOf(adapter.getInstance<unknown>(), 'router'), 'stack');
  if (!Array.isArray(layers)) return false;
  const before = layers.length;
  adapter.use(
    (
      request: IncomingMessage & { readonly originalUrl?: unknown },
      response: ServerResponse,
      next: (error?: unknown) => void,
    ) => {
      const targets = [request.url, request.originalUrl];
      handler({ request, targets, reply: response, response, proceed: next });
    },
  );
  if (layers.length !== before + 1) return false;
  layers.unshift(layers.pop());
  return true;
}

interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly originalUrl: unknown;
}

interface FastifyReply {
  readonly raw: ServerResponse;
}

/** Adds the hook to each context: one that exists already has its own list of hooks. */
function onFastify(instance: object, handler: Handler): boolean {
  const hook = (request: FastifyRequest, reply: FastifyReply, done: Arrival['proceed']): void => {
    const targets = [request.raw.url, request.originalUrl];
    handler({ request, targets, reply, response: reply.raw, proceed: done });
  };
  if (memberOf(memberOf(instance, 'server'), 'listening') === true) return false;
  return isOnContext(instance, hook);
}

function isOnContext(context: object, hook: Function): boolean {
  const hooks = memberOf(hiddenMember(context, 'fastify.hooks'), 'onRequest');
  const children = hiddenMember(context, 'fastify.children');
  if (!Array.isArray(hooks) || !Array.isArray(children)) return false;
  if (!hooks.includes(hook)) hooks.unshift(hook);
  return children.every((child: object) => isOnContext(child, hook));
}

/** Reads a member. Express applications are functions with members. */
function memberOf(owner: unknown, name: string): unknown {
  const hasMembers = typeof owner === 'function' || (typeof owner === 'object' && owner !== null);
  return hasMembers ? Reflect.get(owner, name) : undefined;
}

function hiddenMember(owner: object, description: string): unknown {
  let holder: unknown = owner;
  while (typeof holder === 'object' && holder !== null) {
    const symbol = Object.getOwnPropertySymbols(holder).find(
      (one) => one.description === description,
    );
    if (symbol !== undefined) return Reflect.get(owner, symbol);
    holder = Object.getPrototypeOf(holder);
  }
  return undefined;
}
