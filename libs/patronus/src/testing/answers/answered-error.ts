import { types } from 'node:util';
import { isKnownCode } from './known-code.js';
import { isJsonObject, type JsonObject } from '../../identity/json-object.js';

/** Error that an answer holds. */
export interface AnsweredError {
  readonly code: string | undefined;
  readonly decisionId: string | undefined;
}

/** Members in which a transport puts an error that it did not create itself. */
const WRAPPERS = ['error', 'message', 'extensions'] as const;

/**
 * Returns the error in a body or a payload, or undefined if it holds none.
 *
 * @param mayBeError true if the payload can be an error itself: the body of a 200 with a member
 * `code` is not one
 */
export function errorIn(payload: JsonObject, mayBeError: boolean): AnsweredError | undefined {
  const errors = graphQLErrors(payload);
  if (errors !== undefined) return errors.length === 0 ? undefined : preferred(errors);
  return mayBeError ? payloadError(payload) : undefined;
}

/** Returns the errors of a result of GraphQL. Undefined if it is not one. */
function graphQLErrors(payload: JsonObject): readonly unknown[] | undefined {
  const errors: unknown = Reflect.get(payload, 'errors');
  const list: readonly unknown[] | undefined = Array.isArray(errors) ? errors : undefined;
  if (list !== undefined) return list;
  // Result of Apollo Server's executeOperation().
  const body: unknown = Reflect.get(payload, 'body');
  const single: unknown = isJsonObject(body) ? Reflect.get(body, 'singleResult') : undefined;
  if (!isJsonObject(single)) return undefined;
  return graphQLErrors(single) ?? [];
}

/** Returns the refusal, because a field may fail for another reason. */
function preferred(errors: readonly unknown[]): AnsweredError {
  const read = errors.map((error) => (isJsonObject(error) ? payloadError(error) : undefined));
  const refusal = read.find((error) => isKnownCode(error?.code));
  return refusal ?? read[0] ?? { code: undefined, decisionId: undefined };
}

function payloadError(payload: JsonObject): AnsweredError | undefined {
  const code: unknown = Reflect.get(payload, 'code');
  const own =
    typeof code === 'string' ? { code, decisionId: textAt(payload, 'decisionId') } : undefined;
  if (own !== undefined && isKnownCode(own.code)) return own;
  for (const inner of wrapped(payload)) {
    const error = payloadError(inner);
    if (isKnownCode(error?.code)) return error;
  }
  const isError = own !== undefined || Reflect.get(payload, 'status') === 'error';
  return isError ? (own ?? { code: undefined, decisionId: undefined }) : undefined;
}

function wrapped(payload: JsonObject): readonly JsonObject[] {
  const names: readonly string[] =
    types.isNativeError(payload) || Reflect.get(payload, 'event') === 'exception'
      ? [...WRAPPERS, 'data']
      : WRAPPERS;
  return names.map((name): unknown => Reflect.get(payload, name)).filter(isJsonObject);
}

function textAt(payload: JsonObject, name: string): string | undefined {
  const value: unknown = Reflect.get(payload, name);
  return typeof value === 'string' ? value : undefined;
}
