import type { OpenAPIObject } from '@nestjs/swagger';
import type { RouteRule } from '../authorization/rules/route-rule.js';
import { denialResponses, mergeResponses } from './denial-responses.js';
import { describeRoute } from './describe-route.js';
import { possibleCodes } from './possible-codes.js';
import { type RouteSecurity, securityOf } from './route-security.js';
import type { SecuredApplication } from './secured-application.js';
import type { SecurityRequirement, SecuritySchemes } from './security-schemes.js';

/** One method of one path of a document. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & {
  'x-patronus'?: RouteSecurity;
};
type Parameter = NonNullable<Operation['parameters']>[number];

/** Facts about an operation that the document does not contain. */
interface Known {
  /** Undefined if no guard runs before the handler. */
  readonly rule: RouteRule | undefined;
  readonly method: string;
  readonly written: readonly SecurityRequirement[];
  readonly schemes: SecuritySchemes;
  readonly application: SecuredApplication;
}

/** Adds the requirements of the guards to an operation. */
export function describeOperation(operation: Operation, known: Known): void {
  const { rule, method, written, schemes, application } = known;
  if (rule === undefined || rule.access === 'public') {
    // Other guards of the application may run before it.
    operation.security = [...written];
    if (rule === undefined && written.length === 0) delete operation.security;
  } else {
    operation.security = schemes.requirementsOf(rule);
  }
  if (rule === undefined) return;
  const security = securityOf(rule, application);
  operation['x-patronus'] = security;
  operation.description = [operation.description, describeRoute(security)]
    .filter(Boolean)
    .join('\n\n');
  operation.responses = mergeResponses(
    operation.responses,
    denialResponses(possibleCodes(rule, method, application)),
  );
  for (const parameter of headersOf(security, application)) addHeader(operation, parameter);
}

interface HeaderParameter {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
}

function headersOf(
  { tenant, dpop }: RouteSecurity,
  { tenancy }: SecuredApplication,
): readonly HeaderParameter[] {
  const headers: HeaderParameter[] = [];
  if (tenant === 'required' && tenancy?.header !== undefined) {
    const description = 'The tenant that the request is for: one that the caller belongs to.';
    headers.push({ name: tenancy.header, description, required: false });
  }
  if (dpop === true) {
    const description = 'A proof of the key that the token is bound to (RFC 9449, section 4).';
    headers.push({ name: 'DPoP', description, required: true });
  }
  return headers;
}

function addHeader(operation: Operation, { name, ...header }: HeaderParameter): void {
  const parameters = operation.parameters ?? [];
  if (parameters.some((one) => isHeader(one, name))) return;
  operation.parameters = [
    ...parameters,
    { name, in: 'header', ...header, schema: { type: 'string' } },
  ];
}

function isHeader(parameter: Parameter, name: string): boolean {
  if (!('in' in parameter) || parameter.in !== 'header') return false;
  return parameter.name.toLowerCase() === name.toLowerCase();
}
