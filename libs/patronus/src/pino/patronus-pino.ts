import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Options } from 'pino-http';
import type { RequestScope } from '../identity/request-scope.js';
import { scopeOfLine } from './line-scope.js';
import { redactionOf } from './redaction.js';

/** Options of pino-http that know whose request each line belongs to. */
type PatronusPino<CustomLevels extends string> = Options<
  IncomingMessage,
  ServerResponse,
  CustomLevels
> &
  Required<Pick<Options<IncomingMessage, ServerResponse, CustomLevels>, 'mixin' | 'redact'>>;

/**
 * Options for pino-http, and so for nestjs-pino, that put `user`, `tenant` and `decisionId` into every
 * line of a request or job, as far as they are known by then, and keep credentials out. Your own options
 * go in: a `mixin` and a `redact` of yours work beside these.
 *
 * @example
 * LoggerModule.forRoot({ pinoHttp: patronusPino({ level: 'debug', redact: ['req.headers.referer'] }) })
 */
export function patronusPino<CustomLevels extends string = never>(
  options: Options<IncomingMessage, ServerResponse, CustomLevels> = {},
): PatronusPino<CustomLevels> {
  const { mixin, redact, customAttributeKeys } = options;
  return {
    ...options,
    mixin: (fields, level, logger) => ({
      ...fieldsOf(scopeOfLine(fields)),
      ...mixin?.(fields, level, logger),
    }),
    redact: redactionOf(customAttributeKeys, redact),
  };
}

function fieldsOf(scope: RequestScope | undefined): object {
  if (scope === undefined) return {};
  const { identity, presented, tenantId, decisionId } = scope;
  // pino leaves out what is undefined.
  return { user: (identity ?? presented)?.id, tenant: tenantId, decisionId };
}
