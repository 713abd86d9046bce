import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';

/** The session that an application keeps for a browser. */
type BrowserSession = Record<string, unknown>;

const OF_REQUESTS = new WeakMap<Request, BrowserSession>();

/**
 * Keeps sessions in memory, by a cookie, at `request.session`, which Passport's strategies read.
 */
export function browserSessions(): RequestHandler {
  const sessions = new Map<string, BrowserSession>();
  return (request, response, next) => {
    const known = /(?:^|; )app=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const session = sessions.get(known) ?? {};
    if (!sessions.has(known)) {
      const id = randomUUID();
      sessions.set(id, session);
      response.cookie('app', id, { httpOnly: true, sameSite: 'lax' });
    }
    OF_REQUESTS.set(request, session);
    Object.assign(request, { session });
    next();
  };
}

export function sessionOf(request: Request): BrowserSession {
  const session = OF_REQUESTS.get(request);
  if (session === undefined) throw new Error('the application has no sessions');
  return session;
}
