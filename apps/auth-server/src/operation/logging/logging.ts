import type { IncomingMessage } from 'node:http';
import { type DynamicModule, type LogLevel, Module } from '@nestjs/common';
import { patronusPino } from '@patronus/nestjs/pino';
import type { RequestHandler } from 'express';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { currentRequest } from '../http/request-facts.js';
import type { ServerSettings } from '../settings/server-settings.js';
import { loggedError, loggedUrl, withoutSecrets } from './redaction.js';

/** The logged members of a request. Headers and bodies are never logged. */
const SERIALIZERS = {
  req: ({ method, url }: IncomingMessage) => ({ method, url: loggedUrl(url ?? '') }),
  res: ({ statusCode }: { readonly statusCode: number }) => ({ statusCode }),
  err: loggedError,
};

/** Returns the options of the logger. */
function logOptions(level: LevelWithSilent) {
  return patronusPino({
    level,
    base: null,
    serializers: SERIALIZERS,
    wrapSerializers: false,
    mixin: () => ({ reqId: currentRequest()?.id }),
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

/** The log of this process: a line of JSON for each entry, on the standard output by default. */
@Module({})
export class LoggingModule {
  static for({ logLevel }: ServerSettings, lines?: DestinationStream): DynamicModule {
    const options = logOptions(logLevel);
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRoot({
          pinoHttp: lines === undefined ? options : [options, lines],
          // Requests are logged by `requestLog`, which runs before all other middleware.
          forRoutes: [],
        }),
      ],
    };
  }
}

/** Paths that machines request at short intervals. */
const ROUTINE = /^\/(?:health\/|metrics\b)/;

/** Logs each request after its answer, with its user, status and duration. */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    serializers: SERIALIZERS,
    wrapSerializers: false,
    customLogLevel: ({ url }, { statusCode }, error) => {
      if (error !== undefined || statusCode >= 500) return 'error';
      return ROUTINE.test(url) ? 'debug' : 'info';
    },
    customSuccessMessage: () => 'request completed',
    customErrorMessage: (_request, { statusCode }) =>
      statusCode >= 500 ? 'request failed' : 'connection closed',
    customSuccessObject: ({ id }, _response, line: object) => ({ ...line, reqId: id }),
    customErrorObject: ({ id }, { err, statusCode }, _error, line: object) => ({
      ...line,
      // pino-http creates an error if there is none.
      ...(err === undefined && statusCode >= 500 && { err: undefined }),
      reqId: id,
    }),
  });
}

const PINO = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'] as const;
const NEST = ['fatal', 'error', 'warn', 'log', 'debug'] as const satisfies readonly LogLevel[];

/** The levels of Nest's own logger, which is used if the server cannot be created. */
export function nestLevels({ logLevel }: ServerSettings): LogLevel[] {
  return NEST.slice(0, PINO.indexOf(logLevel));
}
