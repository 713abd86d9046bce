import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { marksOfClass, marksOfHandler } from './route-mark.js';
import { compileRule, type MarkedTarget, type RouteRule } from './route-rule.js';

/** The rule of each handler, compiled once: at start, or when a handler is first seen. */
@Injectable()
export class RuleRegistry implements OnModuleInit {
  private readonly rules = new WeakMap<Function, WeakMap<Function, RouteRule>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Compiles every handler of every controller, so that a contradiction stops the start. */
  onModuleInit(): void {
    this.all();
  }

  /** The rules of every handler of every controller. */
  all(): readonly RouteRule[] {
    const rules: RouteRule[] = [];
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype !== 'function') continue;
      const prototype: unknown = metatype.prototype;
      if (typeof prototype !== 'object' || prototype === null) continue;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler: unknown = Reflect.get(prototype, name);
        if (typeof handler === 'function') rules.push(this.ruleOf(metatype, handler));
      }
    }
    return rules;
  }

  /**
   * The rule of a handler, as `ExecutionContext.getClass()` and `getHandler()` name it.
   *
   * @throws {PatronusConfigurationError} where its decorators contradict each other
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
