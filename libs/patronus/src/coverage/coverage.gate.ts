import { Logger, type OnModuleInit } from '@nestjs/common';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { Coverage } from './coverage.js';
import type { HandlerCoverage } from './handler-coverage.js';

/** What happens at start where nobody wrote a rule for a handler. */
export type CoverageMode = 'report' | 'enforce';

/** @throws {PatronusConfigurationError} */
export function coverageMode(asked: unknown): CoverageMode {
  if (asked === undefined || asked === 'report' || asked === 'enforce') return asked ?? 'report';
  throw new PatronusConfigurationError(
    'coverage',
    'is no way to deal with handlers that nobody wrote a rule for.',
    "Write 'report' to list every handler at start, or 'enforce' to refuse to start, too.",
  );
}

/** Lists every handler with its rule at start, and refuses to start where one has none and must. */
export class CoverageGate implements OnModuleInit {
  private readonly logger = new Logger('Patronus');

  constructor(
    private readonly coverage: Coverage,
    private readonly mode: CoverageMode,
  ) {}

  /** @throws {PatronusConfigurationError} which names every handler without a rule */
  onModuleInit(): void {
    const table = this.coverage.table();
    for (const handler of table) this.logger.verbose(lineOf(handler));
    const unruled = table.filter(({ isRuled }) => !isRuled);
    const open = table.filter(({ access }) => access === 'public');
    this.logger.log(
      `${table.length} handlers: ${open.length} public, ${unruled.length} open to every known caller because nobody wrote a rule`,
    );
    if (this.mode === 'report' || unruled.length === 0) return;
    throw new PatronusConfigurationError(
      'coverage',
      `nobody wrote who may call ${unruled.map(lineOf).join('; ')}.`,
      'Write @RequirePermissions(…), @Public(), or @RequireAuthentication() for every known caller.',
    );
  }
}

function lineOf({ calls, handler, access, requires }: HandlerCoverage): string {
  const rule = requires.length > 0 ? requires.join(' ') : `@${access}`;
  return `${calls.join(', ')} (${handler}) ${rule}`;
}
