import { checkMembers, checkPositiveInteger } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { DenialWriter } from './denial-writer.js';

/** Options of {@link DenialLogModule}. */
export interface DenialLogOptions {
  /** Writer of denials: `ndjsonDenials()`, `postgresDenials()` or a writer of the application. */
  readonly writer: DenialWriter;
  /** Maximum number of queued denials. Further ones are counted and not stored. Default: 10,000. */
  readonly maxQueued?: number | undefined;
  /** Maximum number of denials in one batch. Default: 500. */
  readonly maxBatch?: number | undefined;
  /** Maximum delay before a denial is written, in seconds. Default: 1. */
  readonly interval?: number | undefined;
}

/**
 * Checks the options, and fills in their defaults.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 */
export function readDenialLogOptions(options: DenialLogOptions): {
  readonly writer: DenialWriter;
  readonly maxQueued: number;
  readonly maxBatch: number;
  readonly interval: number;
} {
  checkMembers('denialLog', options, ['writer', 'maxQueued', 'maxBatch', 'interval']);
  const { writer, maxQueued = 10_000, maxBatch = 500, interval = 1 } = options;
  if (!(writer instanceof DenialWriter)) {
    throw new PatronusConfigurationError(
      'denialLog.writer',
      'is not a DenialWriter.',
      'Give ndjsonDenials(), postgresDenials(), or an instance of a class that extends DenialWriter.',
    );
  }
  checkPositiveInteger('denialLog.maxQueued', maxQueued);
  checkPositiveInteger('denialLog.maxBatch', maxBatch);
  checkPositiveInteger('denialLog.interval', interval);
  return { writer, maxQueued, maxBatch, interval };
}
