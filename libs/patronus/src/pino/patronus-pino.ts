import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Options } from 'pino-http';
import type { RequestScope } from '../identity/request-scope.js';
import { scopeOfLine } from './line-scope.js';
import { redactionOf } from './redaction.js';

/** Options of pino-http that determine the request that each line belongs to. */
type PatronusPino<CustomLevels extends string> = Options<
  IncomingMessage,
  ServerResponse,
  CustomLevels
> &
  Required<Pick<Options<IncomingMessage, ServerResponse, CustomLevels>, 'mixin' | 'redact'>>;

/**
 * Returns options for pino-http, and so for nestjs-pino, that add `user`, `tenant` and `decisionId`
 * to every line of a request or job, if they are known by then, and that keep credentials out. Pass
 * your own options: a `mixin` and a `redact` of yours are combined with these.
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
  // pino leaves out undefined members.
  return { user: (identity ?? presented)?.id, tenant: tenantId, decisionId };
}
