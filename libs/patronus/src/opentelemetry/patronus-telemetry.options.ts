import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Optional data of {@link PatronusTelemetryModule}. */
export interface PatronusTelemetryOptions {
  /**
   * Subjects to name in spans: `user` as `enduser.id`, `tenant` as `patronus.tenant.id`. By default
   * none, because every reader of traces can see them. Metrics never name a subject.
   */
  readonly spans?: readonly ('user' | 'tenant')[] | undefined;
}

const NAMED: readonly unknown[] = ['user', 'tenant'];

/**
 * Checks the options.
 *
 * @throws {PatronusConfigurationError} if an option is unknown or not valid
 */
export function checkTelemetryOptions(options: PatronusTelemetryOptions): void {
  checkMembers('', options, ['spans']);
  const { spans = [] }: { readonly spans?: unknown } = options;
  if (Array.isArray(spans) && spans.every((name) => NAMED.includes(name))) return;
  throw new PatronusConfigurationError(
    'spans',
    'lists something other than user and tenant.',
    "Write ['user', 'tenant'], one of them, or nothing.",
  );
}
