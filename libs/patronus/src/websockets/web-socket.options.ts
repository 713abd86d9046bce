import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

const DAY = 24 * 60 * 60;

/** Options of `webSockets()`. */
export interface WebSocketOptions {
  /**
   * How often an open connection is asked again whether its credential was revoked and its tenant is
   * active, in seconds: 60 unless told, a day at most. Messages are checked each, whatever it is.
   */
  readonly recheck?: number | undefined;
}

/**
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
