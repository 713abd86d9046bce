import { Logger, type OnModuleInit } from '@nestjs/common';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { BoundHandler } from '../transport/handler-explorer.js';
import type { CoveredHandlers } from './covered-handlers.js';
import {
  lineOf,
  listOf,
  misguidedHandlers,
  type Problem,
  sentenceOf,
  summaryOf,
  uncoveredHandlers,
  unguardedHandlers,
  unruledHandlers,
} from './coverage-report.js';
import type { GuardsInForce } from './guards-in-force.js';
import type { HandlerCoverage } from './handler-coverage.js';

/** Action at start if a handler has no rule, or a rule that no guard enforces. */
export type CoverageMode = 'report' | 'enforce';

/**
 * Checks the option `coverage`.
 *
 * @throws {PatronusConfigurationError}
 */
export function coverageMode(asked: unknown): CoverageMode {
  if (asked === undefined || asked === 'report' || asked === 'enforce') return asked ?? 'report';
  throw new PatronusConfigurationError(
    'coverage',
    'is not a mode.',
    "Write 'report' to list every handler at start, or 'enforce' to refuse the start, too.",
  );
}

/** Reports at start how the handlers of the application are protected, or refuses the start. */
export class CoverageGate implements OnModuleInit {
  private readonly logger = new Logger('Patronus');
  private isStarted = false;
  /** Handlers that were bound after the start, and not reported so far. */
  private readonly late: HandlerCoverage[] = [];

  constructor(
    private readonly handlers: CoveredHandlers,
    private readonly guards: GuardsInForce,
    private readonly mode: CoverageMode,
  ) {}

  /**
   * Checks the handlers at start.
   *
   * @throws {PatronusConfigurationError} if a handler is open by mistake; names all of them
   */
  onModuleInit(): void {
    this.guards.settle();
    const table = this.handlers.inOrder().map(({ coverage }) => coverage);
    for (const handler of table) this.logger.verbose(lineOf(handler));
    if (this.mode === 'enforce') refuse(uncoveredHandlers(table));
    this.logger.log(summaryOf(table));
    for (const problem of unruledHandlers(table)) this.logger.log(sentenceOf(problem));
    for (const problem of misguidedHandlers(table)) this.logger.warn(sentenceOf(problem));
    this.isStarted = true;
  }

  /**
   * Checks the handler of a microservice while Nest binds it, which may be after the start.
   *
   * @throws {PatronusConfigurationError} if it would be open by mistake, or closed to all
   */
  noteBinding(handler: BoundHandler): void {
    const coverage = this.handlers.coverageOf(handler);
    const problems = unguardedHandlers([coverage]);
    if (problems.length === 0) return;
    if (this.mode === 'enforce') refuse(problems);
    if (!this.isStarted) return;
    if (this.late.push(coverage) > 1) return;
    // One line for all the handlers of a microservice.
    queueMicrotask(() => {
      for (const problem of unguardedHandlers(this.late.splice(0))) {
        this.logger.warn(sentenceOf(problem));
      }
    });
  }
}

function refuse(problems: readonly Problem[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  if (others.length === 0 && first.handlers.length === 1) {
    throw new PatronusConfigurationError('coverage', first.problem, first.remedies.join(' '));
  }
  const affected = new Set(problems.flatMap(({ handlers }) => handlers));
  throw new PatronusConfigurationError(
    'coverage',
    `${affected.size === 1 ? '1 handler is' : `${affected.size} handlers are`} not covered.`,
    listOf(problems),
  );
}
