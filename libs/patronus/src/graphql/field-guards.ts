import type { DiscoveryService } from '@nestjs/core';
import { marksOfClass, marksOfHandler } from '../authorization/route-mark.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { memberOf } from './graphql-call.js';

/** The token that `GraphQLModule` keeps its options under; the package does not export it. */
const MODULE_OPTIONS = 'GqlModuleOptions';

/**
 * Nest calls guards for the fields of a type only where `fieldResolverEnhancers` says so.
 *
 * @throws {PatronusConfigurationError} where a field has a rule that nobody would ask for
 */
export function requireFieldGuards(discovery: DiscoveryService): void {
  const wrappers = discovery.getProviders();
  const options = wrappers.filter(({ token }) => token === MODULE_OPTIONS);
  const unguarded = options.some(({ instance }) => !guardsFields(instance));
  if (!unguarded) return;
  const fields = wrappers.flatMap(({ metatype }) =>
    typeof metatype === 'function' ? ruledFieldsOf(metatype) : [],
  );
  if (fields.length === 0) return;
  throw new PatronusConfigurationError(
    'transports: graphql()',
    `${fields.join(', ')} would be resolved without its rule: Nest guards no fields of types.`,
    "Add fieldResolverEnhancers: ['guards', 'interceptors'] to GraphQLModule.forRoot().",
  );
}

function guardsFields(options: unknown): boolean {
  const enhancers = memberOf(options, 'fieldResolverEnhancers');
  const known: readonly unknown[] = Array.isArray(enhancers) ? enhancers : [];
  return known.includes('guards') && known.includes('interceptors');
}

function ruledFieldsOf(resolver: Function): readonly string[] {
  const prototype: unknown = resolver.prototype;
  if (typeof prototype !== 'object' || prototype === null) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, member]) => {
    const handler: unknown = member.value;
    if (typeof handler !== 'function' || !isField(handler)) return [];
    const marks = [...marksOfHandler(resolver, handler), ...marksOfClass(resolver)];
    const isRuled = marks.some(({ kind }) => kind !== 'public' && kind !== 'tenant-optional');
    return isRuled ? [`${resolver.name}.${name}`] : [];
  });
}

function isField(handler: Function): boolean {
  return (
    Reflect.hasMetadata('graphql:resolve_property', handler) ||
    Reflect.hasMetadata('graphql:resolve_reference', handler)
  );
}
