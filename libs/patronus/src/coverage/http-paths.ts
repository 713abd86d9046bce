import { RequestMethod, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import type { BoundHandler } from '../transport/handler-explorer.js';

/** Returns the calls of an HTTP handler, one for each of its paths: `GET /api/v1/patients/:id`. */
export function httpCalls(
  { owner, handler }: BoundHandler,
  config: ApplicationConfig,
  modulePath: string,
): readonly string[] {
  const method = Reflect.getMetadata('method', handler) as unknown;
  const verb = typeof method === 'number' ? (RequestMethod[method] ?? 'ALL') : 'ALL';
  const controllerPaths = textsOf(Reflect.getMetadata('path', owner));
  const handlerPaths = textsOf(Reflect.getMetadata('path', handler));
  const paths = versionPaths(owner, handler, config).flatMap((version) =>
    controllerPaths.flatMap((controller) =>
      handlerPaths.map((own) => join(version, modulePath, controller, own)),
    ),
  );
  return paths.map((path) => `${verb} ${withPrefix(path, method, config)}`);
}

function versionPaths(owner: Function, handler: Function, config: ApplicationConfig): string[] {
  const versioning = config.getVersioning();
  if (versioning?.type !== VersioningType.URI) return [''];
  const prefix = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
  const own: unknown = Reflect.getMetadata('__version__', handler);
  const version: unknown = own ?? Reflect.getMetadata('__version__', owner) ?? versioning.defaultVersion;
  if (version === undefined) return [''];
  const versions: readonly unknown[] = Array.isArray(version) ? version : [version];
  return versions.map((one) => (one === VERSION_NEUTRAL ? '' : `${prefix}${String(one)}`));
}

/** Adds the global prefix, unless the route is excluded from it. */
function withPrefix(path: string, method: unknown, config: ApplicationConfig): string {
  const { exclude = [] } = config.getGlobalPrefixOptions();
  const isExcluded = exclude.some(
    ({ pathRegex, requestMethod }) =>
      (requestMethod === RequestMethod.ALL || requestMethod === method) && pathRegex.test(path),
  );
  return isExcluded ? path : join(config.getGlobalPrefix(), path);
}

function textsOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((one) => (typeof one === 'string' ? one : ''));
}

function join(...parts: readonly string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.join('/')}`;
}
