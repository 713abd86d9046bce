import type { LogLevel } from '@nestjs/common';
import type { ServerSettings } from '../settings/server-settings.js';

const PINO = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'] as const;
const NEST = ['fatal', 'error', 'warn', 'log', 'debug'] as const satisfies readonly LogLevel[];

/** What Nest says by itself: of a server that cannot be made, which has no log of its own yet. */
export function nestLevels({ logLevel }: ServerSettings): LogLevel[] {
  return NEST.slice(0, PINO.indexOf(logLevel));
}
