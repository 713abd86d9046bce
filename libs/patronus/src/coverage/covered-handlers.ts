import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { textOfRequirement } from '../authorization/explanation/rule-text.js';
import type { RuledHandler, RuleRegistry } from '../authorization/rules/rule-registry.js';
import { callsOf } from './handler-calls.js';
import type { HandlerCoverage } from './handler-coverage.js';

/** A handler as Nest binds it, and the line that is written of it. */
export interface CoveredHandler {
  readonly bound: RuledHandler;
  readonly coverage: HandlerCoverage;
}

/** Every handler of every transport, in the order in which Nest binds them. */
export function coveredHandlers(
  rules: RuleRegistry,
  config: ApplicationConfig,
  modules: ModulesContainer,
): readonly CoveredHandler[] {
  return rules.all().map((bound) => ({ bound, coverage: coverageOf(bound, config, modules) }));
}

/** By transport, then by what reaches them. */
export function inOrder(handlers: readonly CoveredHandler[]): readonly CoveredHandler[] {
  return handlers.toSorted((one, other) => compare(textOf(one.coverage), textOf(other.coverage)));
}

function coverageOf(
  bound: RuledHandler,
  config: ApplicationConfig,
  modules: ModulesContainer,
): HandlerCoverage {
  const { access, tenantOptional, requirements } = bound.rule;
  return {
    transport: bound.type,
    handler: `${bound.owner.name}.${bound.name}`,
    calls: callsOf(bound, config, modulePathOf(bound.owner, modules)),
    access,
    tenantOptional,
    requires: requirements.map(textOfRequirement),
    isRuled: access !== 'authenticated' || requirements.length > 0,
  };
}

/** The path that `RouterModule` gave the module of a controller. */
function modulePathOf(owner: Function, modules: ModulesContainer): string {
  const home = [...modules.values()].find(({ controllers }) =>
    [...controllers.values()].some(({ metatype }) => metatype === owner),
  );
  if (home === undefined) return '';
  const { applicationId } = modules;
  const path: unknown =
    Reflect.getMetadata(`__module_path__${applicationId}`, home.metatype) ??
    Reflect.getMetadata('__module_path__', home.metatype);
  return typeof path === 'string' ? path : '';
}

function textOf({ transport, calls, handler }: HandlerCoverage): string {
  const [call = ''] = calls;
  // Paths before methods, so that the calls of one resource stand together.
  const [method = '', path = ''] = call.split(' ');
  return [transport, path, method, handler].join(' ');
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
