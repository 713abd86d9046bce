import { type ExecutionContext, Logger } from '@nestjs/common';
import { writeDenialHeaders } from '../errors/http-denial.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';

const logger = new Logger('Patronus');

/**
 * Answers and reports a denial: the headers for the caller, and one line for operators with the
 * code, the route, the reason and who was denied. Refusals (403) and outages (503) are warnings,
 * bad or missing tokens are debug.
 */
export function reportDenial(error: unknown, scope: RequestScope, context: ExecutionContext): void {
  if (!(error instanceof PatronusError)) return;
  writeDenialHeaders(scope.response, error);
  const line = describe(error, scope, context);
  if (error.getStatus() < 403) logger.debug(line);
  else logger.warn(line);
}

function describe(error: PatronusError, scope: RequestScope, context: ExecutionContext): string {
  const facts = {
    route: `${context.getClass().name}.${context.getHandler().name}`,
    reason: error.reason,
    cause: error.cause instanceof Error ? error.cause.message : undefined,
    user: scope.identity?.id,
    tenant: scope.tenantId,
  };
  return `${error.code} ${JSON.stringify(facts)}`;
}
