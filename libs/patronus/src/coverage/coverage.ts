import { Injectable } from '@nestjs/common';
import { CoveredHandlers } from './covered-handlers.js';
import type { HandlerCoverage } from './handler-coverage.js';

/**
 * Lists every handler of every transport, with its rule and the guards before it. Inject it to read
 * the list.
 *
 * @example
 * app.get(Coverage).table().filter(({ missingGuards }) => missingGuards.length > 0)
 */
@Injectable()
export class Coverage {
  constructor(private readonly handlers: CoveredHandlers) {}

  /**
   * Returns the handlers by transport, then by their calls. Paths are complete once the application
   * has started.
   */
  table(): readonly HandlerCoverage[] {
    return this.handlers.inOrder().map(({ coverage }) => coverage);
  }
}
