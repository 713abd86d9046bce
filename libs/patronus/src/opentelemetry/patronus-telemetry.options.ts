import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** What {@link PatronusTelemetryModule} tells beyond what it always does. */
export interface PatronusTelemetryOptions {
  /**
   * Whom spans name: `user` as `enduser.id`, `tenant` as `patronus.tenant.id`. Nobody, unless told:
   * whoever reads traces can read these. Metrics never name anybody.
   */
  readonly spans?: readonly ('user' | 'tenant')[] | undefined;
}

const NAMED: readonly unknown[] = ['user', 'tenant'];

/** @throws {PatronusConfigurationError} where an option is none, or names somebody else */
export function checkTelemetryOptions(options: PatronusTelemetryOptions): void {
  checkMembers('', options, ['spans']);
  const { spans = [] }: { readonly spans?: unknown } = options;
  if (Array.isArray(spans) && spans.every((name) => NAMED.includes(name))) return;
  throw new PatronusConfigurationError(
    'spans',
    'lists something else than user and tenant.',
    "Write ['user', 'tenant'], one of them, or nothing.",
  );
}
