import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

const requestIds = new AsyncLocalStorage<string>();

/** What a caller may call a request: it ends up in logs, and on pages. */
const SANE = /^[\w.-]{8,64}$/;

/** The name of the request that is being answered; undefined outside of requests. */
export function currentRequestId(): string | undefined {
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
