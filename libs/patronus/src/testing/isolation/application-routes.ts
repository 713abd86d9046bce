import { type INestApplication, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

/**
 * Lists the routes of an application's controllers, as `GET /patients/:id`, without a global
 * prefix.
 */
export function applicationRoutes(app: INestApplication): readonly string[] {
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService, { strict: false })
    .getControllers()
    .flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype: unknown = metatype.prototype;
      if (typeof prototype !== 'object' || prototype === null) return [];
      const base = pathsOf(metatype);
      return scanner
        .getAllMethodNames(prototype)
        .flatMap((name) => routesOf(Reflect.get(prototype, name), base));
    });
}

function routesOf(handler: unknown, bases: readonly string[]): readonly string[] {
  if (typeof handler !== 'function') return [];
  const method: unknown = Reflect.getMetadata('method', handler);
  if (typeof method !== 'number') return [];
  const paths = pathsOf(handler);
  return bases.flatMap((base) =>
    paths.map((path) => `${RequestMethod[method] ?? 'ALL'} ${join(base, path)}`),
  );
}

function pathsOf(target: object): readonly string[] {
  const path: unknown = Reflect.getMetadata('path', target);
  const paths: readonly unknown[] = Array.isArray(path) ? path : [path];
  return paths.filter((one) => typeof one === 'string');
}

function join(base: string, path: string): string {
  const parts = `${base}/${path}`.split('/').filter((part) => part !== '');
  return `/${parts.join('/')}`;
}
