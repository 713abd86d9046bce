import { PatronusConfigurationError } from '../../errors/configuration.error.js';

const SECONDS_IN = { s: 1, m: 60, h: 3600 } as const;
const DURATION = /^(\d+)([smh])$/;

/**
 * Converts seconds, or a text such as `'90s'`, `'5m'` or `'8h'`, to seconds.
 *
 * @throws {PatronusConfigurationError} if it is neither, or not over 0
 */
export function readDuration(path: string, value: unknown): number {
  const seconds = typeof value === 'string' ? fromText(value) : value;
  if (typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new PatronusConfigurationError(
    path,
    `"${String(value)}" is not a duration.`,
    "Give whole seconds, or text such as '90s', '5m' or '8h'.",
  );
}

function fromText(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (unit !== 's' && unit !== 'm' && unit !== 'h') return undefined;
  return Number(count) * SECONDS_IN[unit];
}
