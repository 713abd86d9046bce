import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';
import { PlatformError } from '../../operation/http/errors.js';
import { MAX_BODY, OIDC_ROUTES } from './routes.js';

/** The endpoints that take a form in place of a query. */
const POSTED: readonly string[] = [OIDC_ROUTES.authorization, OIDC_ROUTES.end_session];

/** The longest query that browsers and proxies carry safely, in characters. */
const MAX_QUERY = 8 * 1024;

/** Tells if a request is a form for an endpoint that oidc-provider serves to GET requests. */
export function isPosted(method: string, path: string): boolean {
  return method === 'POST' && POSTED.includes(path);
}

/**
 * Redirects the browser to the same endpoint by GET. The form of another site is sent without the cookies of the
 * session, but the redirect with them.
 *
 * @throws {PlatformError} `body_too_large`
 */
export async function bounceToGet(
  request: IncomingMessage,
  response: Response,
  path: string,
): Promise<void> {
  // Written anew: the body may have characters that an address must not have.
  const query = new URLSearchParams(await formOf(request)).toString();
  if (query.length > MAX_QUERY) throw new PlatformError('body_too_large');
  response.redirect(303, `${path}?${query}`);
}

async function formOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new Error('The body was decoded before.');
    size += chunk.length;
    if (size > MAX_BODY) throw new PlatformError('body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
