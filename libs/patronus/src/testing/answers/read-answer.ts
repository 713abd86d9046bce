import { types } from 'node:util';
import { DECISION_HEADER } from '../../errors/http-denial.js';
import { isJsonObject, type JsonObject } from '../../identity/json-object.js';
import type { Answer } from './answer.js';
import { type AnsweredError, errorIn } from './answered-error.js';

/**
 * Reads the access decision of an answer: a response of supertest, of `fetch` (with its body not
 * read yet; it can be read afterwards) or of Fastify's `inject`, a result of GraphQL, the payload
 * of a socket's exception, an error of a microservice, or a thrown error.
 *
 * @returns a promise for a response of `fetch`, and only for that
 * @throws {TypeError} if it is not an answer, such as a promise that was not awaited
 */
export function readAnswer(received: Response): Promise<Answer>;
export function readAnswer(received: unknown): Answer | Promise<Answer>;
export function readAnswer(received: unknown): Answer | Promise<Answer> {
  if (received instanceof Response) return readResponse(received);
  if (typeof received === 'string') return readPayload(objectOf(received));
  if (!isJsonObject(received)) throw noAnswer(received);
  if (typeof Reflect.get(received, 'then') === 'function') {
    throw new TypeError(
      'This is a promise, or a request that is still to be sent: await it first.',
    );
  }
  // A PatronusError has a status and headers as well.
  if (types.isNativeError(received)) return readPayload(received);
  const status: unknown = Reflect.get(received, 'status') ?? Reflect.get(received, 'statusCode');
  const headers: unknown = Reflect.get(received, 'headers');
  if (typeof status !== 'number' || !isJsonObject(headers)) return readPayload(received);
  const decisionId = headers[DECISION_HEADER.toLowerCase()];
  const body: unknown = Reflect.get(received, 'body');
  return httpAnswer(status, typeof body === 'string' ? objectOf(body) : body, decisionId);
}

async function readResponse(response: Response): Promise<Answer> {
  if (response.bodyUsed) {
    throw new TypeError('The body was read already: check the answer first, then read it.');
  }
  const body = objectOf(await response.clone().text());
  return httpAnswer(response.status, body, response.headers.get(DECISION_HEADER));
}

function httpAnswer(status: number, body: unknown, decisionId: unknown): Answer {
  const error = isJsonObject(body) ? errorIn(body, status >= 400) : undefined;
  return answer(error, status, status >= 400, decisionId);
}

function readPayload(payload: unknown): Answer {
  if (!isJsonObject(payload)) throw noAnswer(payload);
  return answer(errorIn(payload, true), undefined, types.isNativeError(payload), undefined);
}

function answer(
  error: AnsweredError | undefined,
  status: number | undefined,
  failed: boolean,
  decisionId: unknown,
): Answer {
  return {
    status,
    code: error?.code,
    decisionId: typeof decisionId === 'string' ? decisionId : error?.decisionId,
    failed: failed || error !== undefined,
  };
}

/** Parses a JSON object. Text that is not JSON is a page or a greeting, which holds no code. */
function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function noAnswer(received: unknown): TypeError {
  return new TypeError(
    `This is not an answer: it is ${received === null ? 'null' : typeof received}. ` +
      'Give a response, a result of GraphQL, or the payload of an exception.',
  );
}
