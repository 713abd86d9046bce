import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { RequestScope, runInScope } from '../identity/request-scope.js';
import { noteResponse } from '../identity/response-scopes.js';

interface FastifyHooks {
  addHook(
    name: 'preHandler',
    hook: (request: unknown, reply: { raw: ServerResponse }, done: () => void) => void,
  ): unknown;
}

const opened = new WeakSet<AbstractHttpAdapter>();

/**
 * Opens one scope for each request of an HTTP server, and nothing else. It is put on the server
 * itself: Nest's own middleware matches a path for each request, which costs more than the guards.
 */
export function openRequestScopes(
  adapter: AbstractHttpAdapter,
  authenticate: RequestScope['authenticate'],
): void {
  if (opened.has(adapter)) {
    throw new PatronusConfigurationError(
      'PatronusModule',
      'is imported twice, and its guards would disagree on who is believed.',
      'Call forRoot once, in the root module; what it provides is global.',
    );
  }
  opened.add(adapter);
  const open = (response: ServerResponse, proceed: () => void): void => {
    const scope = new RequestScope(response, authenticate);
    noteResponse(scope);
    runInScope(scope, proceed);
  };
  const type = adapter.getType();
  if (type === 'express') {
    adapter.use((_request: IncomingMessage, response: ServerResponse, next: () => void) => {
      open(response, next);
    });
  } else if (type === 'fastify') {
    // Not `onRequest`: a body that is parsed after it continues outside of the store.
    adapter.getInstance<FastifyHooks>().addHook('preHandler', (_request, reply, done) => {
      open(reply.raw, done);
    });
  } else {
    throw new PatronusConfigurationError(
      'PatronusModule',
      `the HTTP adapter "${type}" is not supported.`,
      'Use @nestjs/platform-express or @nestjs/platform-fastify.',
    );
  }
}
