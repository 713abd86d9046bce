import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type BoundHandler, HandlerExplorer } from '../../transport/handler-explorer.js';
import { marksOfClass, marksOfHandler } from './route-mark.js';
import { compileRule, type MarkedTarget, type RouteRule } from './route-rule.js';

/** Handler of any transport, with its rule. */
export interface RuledHandler extends BoundHandler {
  readonly rule: RouteRule;
}

/** Rules of all handlers, each compiled once: at start, or when a handler is first called. */
@Injectable()
export class RuleRegistry implements OnModuleInit {
  private readonly rules = new WeakMap<Function, WeakMap<Function, RouteRule>>();

  constructor(private readonly explorer: HandlerExplorer) {}

  /**
   * Compiles the rule of every handler of every transport, so that a contradiction stops the start.
   */
  onModuleInit(): void {
    this.all();
  }

  /** Returns every handler of every transport, with its rule. */
  all(): readonly RuledHandler[] {
    return this.explorer
      .all()
      .map((bound) => ({ ...bound, rule: this.ruleOf(bound.owner, bound.handler) }));
  }

  /**
   * Returns the rule of a handler, as `ExecutionContext.getClass()` and `getHandler()` name it.
   *
   * @throws {PatronusConfigurationError} if its decorators contradict each other
   */
  ruleOf(controller: Function, handler: Function): RouteRule {
    let rules = this.rules.get(controller);
    if (rules === undefined) this.rules.set(controller, (rules = new WeakMap()));
    let rule = rules.get(handler);
    if (rule === undefined)
      rules.set(handler, (rule = compileRule(targetsOf(controller, handler))));
    return rule;
  }
}

function targetsOf(controller: Function, handler: Function): MarkedTarget[] {
  const name = `${controller.name}.${handler.name}`;
  const targets: MarkedTarget[] = [{ name, marks: marksOfHandler(controller, handler) }];
  let ancestor: unknown = controller;
  while (typeof ancestor === 'function' && ancestor !== Function.prototype) {
    targets.push({ name: ancestor.name, marks: marksOfClass(ancestor) });
    ancestor = Object.getPrototypeOf(ancestor);
  }
  return targets;
}
