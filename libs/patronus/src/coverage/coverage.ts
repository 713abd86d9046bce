import { Injectable } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { textOfRequirement } from '../authorization/explanation/rule-text.js';
import { RuleRegistry, type RuledHandler } from '../authorization/rule-registry.js';
import { callsOf } from './handler-calls.js';
import type { HandlerCoverage } from './handler-coverage.js';

/**
 * Every handler of every transport, with its rule. Inject it to list them.
 *
 * @example
 * app.get(Coverage).table().filter(({ access }) => access === 'public')
 */
@Injectable()
export class Coverage {
  constructor(
    private readonly rules: RuleRegistry,
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
  ) {}

  /** By transport, then by what reaches them. Paths are complete once the application has started. */
  table(): readonly HandlerCoverage[] {
    return this.rules
      .all()
      .map((handler) => this.covered(handler))
      .toSorted((one, other) => compare(textOf(one), textOf(other)));
  }

  private covered(bound: RuledHandler): HandlerCoverage {
    const { access, tenantOptional, requirements } = bound.rule;
    return {
      transport: bound.type,
      handler: `${bound.owner.name}.${bound.name}`,
      calls: callsOf(bound, this.config, this.modulePathOf(bound.owner)),
      access,
      tenantOptional,
      requires: requirements.map(textOfRequirement),
      isRuled: access !== 'authenticated' || requirements.length > 0,
    };
  }

  /** The path that `RouterModule` gave the module of a controller. */
  private modulePathOf(owner: Function): string {
    const home = [...this.modules.values()].find(({ controllers }) =>
      [...controllers.values()].some(({ metatype }) => metatype === owner),
    );
    if (home === undefined) return '';
    const { applicationId } = this.modules;
    const path: unknown =
      Reflect.getMetadata(`__module_path__${applicationId}`, home.metatype) ??
      Reflect.getMetadata('__module_path__', home.metatype);
    return typeof path === 'string' ? path : '';
  }
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
