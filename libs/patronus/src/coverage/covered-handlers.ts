import { Injectable } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { textOfRequirement } from '../authorization/explanation/rule-text.js';
import { hasRule } from '../authorization/rules/route-rule.js';
import { type RuledHandler, RuleRegistry } from '../authorization/rules/rule-registry.js';
import type { BoundHandler } from '../transport/handler-explorer.js';
import { GuardsInForce } from './guards-in-force.js';
import { callsOf } from './handler-calls.js';
import type { HandlerCoverage } from './handler-coverage.js';

/** Handler as Nest binds it, with its line of the report. */
export interface CoveredHandler {
  readonly bound: RuledHandler;
  readonly coverage: HandlerCoverage;
}

/** Handlers of every transport, with their rules and guards. */
@Injectable()
export class CoveredHandlers {
  constructor(
    private readonly rules: RuleRegistry,
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
    private readonly guards: GuardsInForce,
  ) {}

  /** Returns the handlers in the order in which Nest binds them. */
  all(): readonly CoveredHandler[] {
    return this.rules.all().map((bound) => ({ bound, coverage: this.coverageOf(bound) }));
  }

  /** Returns the handlers by transport, then by their calls. */
  inOrder(): readonly CoveredHandler[] {
    return this.all().toSorted((one, other) => compare(textOf(one.coverage), textOf(other.coverage)));
  }

  coverageOf(bound: BoundHandler): HandlerCoverage {
    const rule = this.rules.ruleOf(bound.owner, bound.handler);
    const { access, tenantOptional, requirements } = rule;
    return {
      transport: bound.type,
      handler: `${bound.owner.name}.${bound.name}`,
      calls: callsOf(bound, this.config, modulePathOf(bound.owner, this.modules)),
      access,
      tenantOptional,
      requires: requirements.map(textOfRequirement),
      isRuled: hasRule(rule),
      ...this.guards.of({ ...bound, rule }),
    };
  }
}

/** Returns the path that `RouterModule` gave the module of a controller. */
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
  // Paths before methods, so that the calls of one resource are adjacent.
  const [method = '', path = ''] = call.split(' ');
  return [transport, path, method, handler].join(' ');
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
