import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { SERIALIZERS } from './log-options.js';

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
