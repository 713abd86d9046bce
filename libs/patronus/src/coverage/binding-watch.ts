import type { ApplicationConfig } from '@nestjs/core';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/**
 * Notices a handler that is bound without the global guards: a microservice that a hybrid application
 * connects without `inheritAppConfig` has a configuration of its own. Nest looks up the guards of a
 * handler right before its interceptors; where it did not ask the application's configuration, the
 * guards are not among them.
 */
export class BindingWatch {
  #asked = false;

  constructor(config: ApplicationConfig) {
    const original = config.getGlobalGuards.bind(config);
    config.getGlobalGuards = () => {
      this.#asked = true;
      return original();
    };
  }

  /** @throws {PatronusConfigurationError} where the handler that is being bound has no global guards */
  requireGuards(handler: string): void {
    const asked = this.#asked;
    this.#asked = false;
    if (asked) return;
    throw new PatronusConfigurationError(
      'coverage',
      `${handler} is bound without the guards of the application.`,
      'Pass { inheritAppConfig: true } as the second argument of connectMicroservice().',
    );
  }
}
