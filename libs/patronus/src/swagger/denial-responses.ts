import type { OpenAPIObject } from '@nestjs/swagger';
import { describeError, type PatronusErrorCode } from '../errors/error-codes.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];
type Response = Exclude<NonNullable<Responses[string]>, { $ref: string }>;
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** Body of every denial, as a component of the document. */
export const DENIAL_SCHEMAS: Schemas = {
  PatronusError: {
    type: 'object',
    required: ['statusCode', 'code', 'message'],
    properties: {
      statusCode: { type: 'integer' },
      code: { type: 'string', description: 'Stable code for programs to compare.' },
      message: { type: 'string', description: 'One sentence, for people.' },
    },
  },
};

const MEANING: Readonly<Record<number, string>> = {
  401: 'The caller is not authenticated',
  403: 'The caller may not do this',
  404: 'There is no such resource, or it is another tenant’s',
  503: 'The identity or the permissions of the caller cannot be checked right now',
};

const HEADERS: Readonly<Record<number, Response['headers']>> = {
  401: { 'WWW-Authenticate': { description: 'RFC 6750, section 3', schema: { type: 'string' } } },
  503: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } },
};

/** Returns the responses for these codes, by status. */
export function denialResponses(codes: readonly PatronusErrorCode[]): Record<string, Response> {
  const statuses = new Set(codes.map((code) => describeError(code).status));
  return Object.fromEntries(
    [...statuses].map((status) => {
      const some = codes.filter((code) => describeError(code).status === status);
      return [String(status), responseOf(status, some)];
    }),
  );
}

/** Merges both. If the application describes a status itself, its text comes first. */
export function mergeResponses(written: Responses, denials: Record<string, Response>): Responses {
  const merged: Responses = { ...denials };
  for (const [status, response] of Object.entries(written)) {
    const denial = denials[status];
    merged[status] =
      denial === undefined || response === undefined || '$ref' in response
        ? response
        : { ...denial, ...response, description: response.description || denial.description };
  }
  return merged;
}

function responseOf(status: number, codes: readonly PatronusErrorCode[]): Response {
  const headers = HEADERS[status];
  const narrowed = { type: 'object', properties: { code: { type: 'string', enum: [...codes] } } };
  const base = { $ref: '#/components/schemas/PatronusError' };
  return {
    description: `${MEANING[status] ?? 'Denied'}: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    ...(headers !== undefined && { headers }),
    content: { 'application/json': { schema: { allOf: [base, narrowed] } } },
  };
}
