import type { IncomingMessage } from 'node:http';
import { patronusPino } from '@patronus/nestjs/pino';
import type { LevelWithSilent } from 'pino';
import { loggedError } from './logged-error.js';
import { loggedUrl } from './logged-url.js';
import { currentRequestId } from './request-ids.js';
import { withoutSecrets } from './secret-text.js';

/** Of a request only what is listed here: no header, no body. */
export const SERIALIZERS = {
  req: ({ method, url }: IncomingMessage) => ({ method, url: loggedUrl(url ?? '') }),
  res: ({ statusCode }: { readonly statusCode: number }) => ({ statusCode }),
  err: loggedError,
};

/** How every line is made. */
export function logOptions(level: LevelWithSilent) {
  return patronusPino({
    level,
    base: null,
    serializers: SERIALIZERS,
    wrapSerializers: false,
    mixin: () => ({ reqId: currentRequestId() }),
    hooks: {
      streamWrite: withoutSecrets,
      logMethod(line, log) {
        const [fields, text] = line;
        // Otherwise pino takes the error's own message.
        const error = text === undefined ? errorIn(fields) : undefined;
        if (error === undefined) log.apply(this, line);
        else log.apply(this, [fields, loggedError(error).message]);
      },
    },
  });
}

function errorIn(fields: unknown): Error | undefined {
  if (fields instanceof Error) return fields;
  const error: unknown =
    typeof fields === 'object' && fields !== null && Reflect.get(fields, 'err');
  return error instanceof Error ? error : undefined;
}
