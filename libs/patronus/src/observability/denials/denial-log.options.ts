import { checkMembers, checkPositiveInteger } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { DenialWriter } from './denial-writer.js';

/** The options of {@link DenialLogModule}. */
export interface DenialLogOptions {
  /** Where denials are kept: `ndjsonDenials()`, `postgresDenials()` or a writer of the application. */
  readonly writer: DenialWriter;
  /** How many denials wait at most; those beyond are counted and not kept. Default 10 000. */
  readonly maxQueued?: number | undefined;
  /** How many denials are written at once. Default 500. */
  readonly maxBatch?: number | undefined;
  /** After how many seconds a denial is written at the latest. Default 1. */
  readonly interval?: number | undefined;
}

/** @throws {PatronusConfigurationError} where an option is wrong */
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
