import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type RuledHandler, RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { fieldEnhancers, isEntity, isField } from '../transport/handler-guards.js';
import { HandlerExplorer } from '../transport/handler-explorer.js';

/**
 * Requires guards on fields with a rule. Nest calls guards for the fields of a type only if
 * `fieldResolverEnhancers` says so.
 *
 * @throws {PatronusConfigurationError} if a field has a rule that would not be enforced
 */
export function requireFieldGuards(discovery: DiscoveryService): void {
  if (fieldEnhancers(discovery).every(includesGuards)) return;
  const rules = new RuleRegistry(new HandlerExplorer(discovery, new MetadataScanner()));
  const fields = rules
    .all()
    .filter(isRuled)
    .map(({ owner, name }) => `${owner.name}.${name}`);
  if (fields.length === 0) return;
  throw new PatronusConfigurationError(
    'transports: graphql()',
    `${fields.join(', ')} would be resolved without its rule: Nest runs no guards for fields of types.`,
    "Add fieldResolverEnhancers: ['guards', 'interceptors'] to GraphQLModule.forRoot().",
  );
}

function includesGuards(enhancers: readonly unknown[]): boolean {
  return enhancers.includes('guards') && enhancers.includes('interceptors');
}

/**
 * Returns true if the field needs guards. A gateway or any other caller can request an entity:
 * without guards it is open to all.
 */
function isRuled(bound: RuledHandler): boolean {
  const { rule } = bound;
  if (isEntity(bound)) return rule.access !== 'public';
  if (!isField(bound)) return false;
  return rule.access === 'optional' || rule.requirements.length > 0;
}
