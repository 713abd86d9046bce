import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { RequestScope, runRequest } from '../identity/request-scope.js';

interface FastifyHooks {
  addHook(
    name: 'preHandler',
    hook: (
      request: { raw: IncomingMessage },
      reply: { raw: ServerResponse },
      done: () => void,
    ) => void,
  ): unknown;
}

/** Application of each HTTP server: Nest creates one host for each application. */
const opened = new WeakMap<AbstractHttpAdapter, HttpAdapterHost>();

/**
 * Opens one scope for each request of an HTTP server, and nothing else. It is registered on the
 * server itself: Nest's own middleware matches a path for each request, which costs more than the
 * guards.
 *
 * @param isShared - true if guards and interceptors of nestjs-cls are to use the same stores
 * @throws {PatronusConfigurationError} if the server has scopes already
 */
export function openRequestScopes(
  host: HttpAdapterHost,
  authenticate: RequestScope['authenticate'],
  isShared: boolean,
): void {
  const { httpAdapter: adapter } = host;
  const known = opened.get(adapter);
  if (known !== undefined) refuseSecond(known === host);
  opened.set(adapter, host);
  const open = (request: IncomingMessage, response: ServerResponse, proceed: () => void): void => {
    const scope = new RequestScope(response, authenticate);
    runRequest(scope, request, isShared, proceed);
  };
  const type = adapter.getType();
  if (type === 'express') {
    adapter.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      open(request, response, next);
    });
  } else if (type === 'fastify') {
    // Not `onRequest`: the handling of a body that is parsed after it would continue outside of the
    // store.
    adapter.getInstance<FastifyHooks>().addHook('preHandler', (request, reply, done) => {
      open(request.raw, reply.raw, done);
    });
  } else {
    throw new PatronusConfigurationError(
      'PatronusModule',
      `the HTTP adapter "${type}" is not supported.`,
      'Use @nestjs/platform-express or @nestjs/platform-fastify.',
    );
  }
}

function refuseSecond(isSameApplication: boolean): never {
  if (isSameApplication) {
    throw new PatronusConfigurationError(
      'PatronusModule',
      'is imported twice, and the guards of both would accept different callers.',
      'Call forRoot once, in the root module; its providers are global.',
    );
  }
  throw new PatronusConfigurationError(
    'PatronusModule',
    'is started on an HTTP adapter that already serves another application.',
    'Create an adapter for each application: NestFactory.create(AppModule, new ExpressAdapter()).',
  );
}
