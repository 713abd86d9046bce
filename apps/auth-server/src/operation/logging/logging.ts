import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type DynamicModule, type LogLevel, Module } from '@nestjs/common';
import { patronusPino } from '@patronus/nestjs/pino';
import type { RequestHandler } from 'express';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import type { ServerSettings } from '../settings/server-settings.js';
import { loggedError, loggedUrl, withoutSecrets } from './redaction.js';

const requestIds = new AsyncLocalStorage<string>();

/** What a caller may call a request: it ends up in logs, and on pages. */
const SANE = /^[\w.-]{8,64}$/;

/** The name of the request that is being answered; undefined outside of requests. */
function currentRequestId(): string | undefined {
  return requestIds.getStore();
}

/** Names each request, as its caller does where that name is sane, and tells the name in `X-Request-Id`. */
export const nameRequests: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  const id = given !== undefined && SANE.test(given) ? given : randomUUID();
  request.id = id;
  response.setHeader('X-Request-Id', id);
  requestIds.run(id, next);
};

/** Of a request only what is listed here: no header, no body. */
const SERIALIZERS = {
  req: ({ method, url }: IncomingMessage) => ({ method, url: loggedUrl(url ?? '') }),
  res: ({ statusCode }: { readonly statusCode: number }) => ({ statusCode }),
  err: loggedError,
};

/** How every line is made. */
function logOptions(level: LevelWithSilent) {
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

/** The log of this process: JSON, a line each, to the standard output unless told. */
@Module({})
export class LoggingModule {
  static for({ logLevel }: ServerSettings, lines?: DestinationStream): DynamicModule {
    const options = logOptions(logLevel);
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRoot({
          pinoHttp: lines === undefined ? options : [options, lines],
          // Requests are logged before anything else sees them: see request-log.ts.
          forRoutes: [],
        }),
      ],
    };
  }
}

/** Asked again and again by machines. */
const ROUTINE = /^\/(?:health\/|metrics\b)/;

/** One line for each request, after its answer: who asked what, the status, and how long it took. */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    serializers: SERIALIZERS,
    wrapSerializers: false,
    customLogLevel: ({ url }, { statusCode }, error) => {
      if (error !== undefined || statusCode >= 500) return 'error';
      return ROUTINE.test(url) ? 'debug' : 'info';
    },
    customSuccessMessage: () => 'answered',
    customErrorMessage: (_request, { statusCode }) =>
      statusCode >= 500 ? 'failed' : 'the connection broke',
    customSuccessObject: ({ id }, _response, line: object) => ({ ...line, reqId: id }),
    customErrorObject: ({ id }, { err, statusCode }, _error, line: object) => ({
      ...line,
      // pino-http makes one up where it has none.
      ...(err === undefined && statusCode >= 500 && { err: undefined }),
      reqId: id,
    }),
  });
}

const PINO = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'] as const;
const NEST = ['fatal', 'error', 'warn', 'log', 'debug'] as const satisfies readonly LogLevel[];

/** What Nest says by itself: of a server that cannot be made, which has no log of its own yet. */
export function nestLevels({ logLevel }: ServerSettings): LogLevel[] {
  return NEST.slice(0, PINO.indexOf(logLevel));
}
