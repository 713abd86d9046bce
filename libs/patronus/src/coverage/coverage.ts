import { Injectable } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { coveredHandlers, inOrder } from './covered-handlers.js';
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
    const handlers = coveredHandlers(this.rules, this.config, this.modules);
    return inOrder(handlers).map(({ coverage }) => coverage);
  }
}
