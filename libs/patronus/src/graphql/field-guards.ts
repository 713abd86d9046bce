import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type RuledHandler, RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { HandlerExplorer } from '../transport/handler-explorer.js';
import { memberOf } from '../transport/member-of.js';

/** The token that `GraphQLModule` keeps its options under; the package does not export it. */
const MODULE_OPTIONS = 'GqlModuleOptions';

/**
 * Nest calls guards for the fields of a type only where `fieldResolverEnhancers` says so.
 *
 * @throws {PatronusConfigurationError} where a field has a rule that nobody would ask for
 */
export function requireFieldGuards(discovery: DiscoveryService): void {
  const options = discovery.getProviders().filter(({ token }) => token === MODULE_OPTIONS);
  const unguarded = options.some(({ instance }) => !guardsFields(instance));
  if (!unguarded) return;
  const rules = new RuleRegistry(new HandlerExplorer(discovery, new MetadataScanner()));
  const fields = rules
    .all()
    .filter(isRuled)
    .map(({ owner, name }) => `${owner.name}.${name}`);
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

/** An entity is asked for from outside, by a gateway or by anybody: without guards it is open to all. */
function isRuled({ handler, rule }: RuledHandler): boolean {
  if (Reflect.hasMetadata('graphql:resolve_reference', handler)) return rule.access !== 'public';
  if (!Reflect.hasMetadata('graphql:resolve_property', handler)) return false;
  return rule.access === 'optional' || rule.requirements.length > 0;
}
