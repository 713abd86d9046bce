import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { CoveredHandlers, type CoveredHandler } from '../../coverage/covered-handlers.js';
import { CommandError } from '../command.error.js';
import type { Call } from './call.js';
import { compareExactness, PathPattern, type PathParams } from './path-pattern.js';
import { VersionFilter } from './version-filter.js';

/** Handler that a call reaches, with the parameters of its path. */
export interface FoundHandler {
  readonly handler: CoveredHandler;
  readonly params: PathParams;
}

interface Candidate extends FoundHandler {
  readonly path: string;
}

/**
 * Finds the handler of a call.
 *
 * @param headers - the headers of the request, which may hold the version
 * @throws {CommandError} if no handler answers, or it is not certain which one does
 */
export function findHandler(
  app: INestApplicationContext,
  call: Call,
  headers: Readonly<Record<string, string>>,
): FoundHandler {
  const config = app.get(ApplicationConfig, { strict: false });
  const handlers = app
    .get(CoveredHandlers, { strict: false })
    .all()
    .filter(({ bound }) => bound.type === call.transport);
  const [found] =
    call.transport === 'http' ? http(app, config, handlers, call, headers) : named(handlers, call);
  if (found !== undefined) return found;
  throw new CommandError(
    `No handler answers ${call.method} ${call.path}.`,
    'npx patronus routes lists them all, with the global prefix and the version.',
  );
}

function named(handlers: readonly CoveredHandler[], { method, path }: Call) {
  return handlers
    .filter(({ coverage }) => coverage.calls.includes(`${method} ${path}`))
    .map((handler): FoundHandler => ({ handler, params: {} }));
}

/** Finds the handler in the order in which the HTTP server tries them. */
function http(
  app: INestApplicationContext,
  config: ApplicationConfig,
  handlers: readonly CoveredHandler[],
  call: Call,
  headers: Readonly<Record<string, string>>,
): readonly FoundHandler[] {
  const { httpAdapter } = app.get(HttpAdapterHost, { strict: false });
  const server = httpAdapter.getType() === 'fastify' ? 'fastify' : 'express';
  const byExactness = server === 'fastify' || isBySpecificity(config);
  const candidates = handlers.flatMap((handler) => candidatesOf(handler, call, server));
  const ordered = byExactness
    ? candidates.toSorted((one, other) => compareExactness(one.path, other.path))
    : candidates;
  const versions = new VersionFilter(config.getVersioning(), headers);
  return ordered.filter(({ handler }) => versions.admits(handler.bound));
}

function candidatesOf(
  handler: CoveredHandler,
  { method, path }: Call,
  server: 'express' | 'fastify',
): readonly Candidate[] {
  return handler.coverage.calls.flatMap((call) => {
    const space = call.indexOf(' ');
    const [verb, pattern] = [call.slice(0, space), call.slice(space + 1)];
    if (verb !== method && verb !== 'ALL' && !(method === 'HEAD' && verb === 'GET')) return [];
    const params = new PathPattern(pattern, server).match(path);
    return params === undefined ? [] : [{ handler, params, path: pattern }];
  });
}

/**
 * True if routes are ordered by specificity. Nest 11 has no such setting: it tries routes in the
 * order of their declaration.
 */
function isBySpecificity(
  config: Partial<Pick<ApplicationConfig, 'getRouteResolutionStrategy'>>,
): boolean {
  return config.getRouteResolutionStrategy?.() === 'specificity';
}
