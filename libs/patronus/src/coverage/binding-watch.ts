import type { ApplicationConfig } from '@nestjs/core';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Of the process: two applications may bind the same handlers in turn. */
let asked = false;

/**
 * Notices a handler that is bound without the global guards: a microservice that a hybrid application
 * connects without `inheritAppConfig` has a configuration of its own. Nest looks up the guards of a
 * handler right before its interceptors; where it did not ask an application's configuration, the
 * guards are not among them.
 */
export class BindingWatch {
  constructor(config: ApplicationConfig) {
    const original = config.getGlobalGuards.bind(config);
    config.getGlobalGuards = () => {
      asked = true;
      // Not for what is bound later: a route asks too, and nobody is told when it is bound.
      queueMicrotask(forget);
      return original();
    };
  }

  /** @throws {PatronusConfigurationError} where the handler that is being bound has no global guards */
  requireGuards(handler: string): void {
    const wasAsked = asked;
    forget();
    if (wasAsked) return;
    throw new PatronusConfigurationError(
      'coverage',
      `${handler} is bound without the guards of the application.`,
      'Pass { inheritAppConfig: true } as the second argument of connectMicroservice().',
    );
  }
}

function forget(): void {
  asked = false;
}
