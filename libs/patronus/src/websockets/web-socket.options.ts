import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

const DAY = 24 * 60 * 60;

/** Options of `webSockets()`. */
export interface WebSocketOptions {
  /**
   * Interval between two checks that the credential of an open connection was not revoked and its
   * tenant is active, in seconds, at most a day. Default: 60. Each message is checked in addition.
   */
  readonly recheck?: number | undefined;
}

/**
 * Checks the options.
 *
 * @returns the seconds between two checks of a connection
 * @throws {PatronusConfigurationError}
 */
export function checkWebSocketOptions(options: WebSocketOptions): number {
  checkMembers('webSockets', options, ['recheck']);
  const { recheck = 60 } = options;
  checkPositiveInteger('webSockets.recheck', recheck);
  if (recheck <= DAY) return recheck;
  throw new PatronusConfigurationError(
    'webSockets.recheck',
    'is longer than a day.',
    'Give seconds, or leave it out.',
  );
}
