import { Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { ProblemPages } from '../../operation/http/error.filter.js';
import { PlatformError } from '../../operation/http/errors.js';
import { type Problem, problemHeaders, problemOf } from '../../operation/http/problem.js';
import { isPageRoute } from './routes.js';

/** An error response of OAuth 2.0 (RFC 6749, section 5.2), with the code of the platform. */
interface OAuthErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly code: string;
}

/** The OAuth error of a problem. */
function oauthErrorOf({ status, code, message }: Problem): OAuthErrorBody {
  const isTemporary = status === 429 || status === 503;
  const permanent = status >= 500 ? 'server_error' : 'invalid_request';
  const error = isTemporary ? 'temporarily_unavailable' : permanent;
  return { error, error_description: message, code };
}

const headersOf = (problem: Problem) => ({
  'Cache-Control': 'no-store',
  ...problemHeaders(problem),
});

/** Renders errors of OAuth endpoints in Express: as a page for a browser, else as an OAuth error. */
export function oauthErrorRenderer(pages: ProblemPages) {
  const logger = new Logger('OAuth');
  return (request: Request, response: Response, error: unknown): void => {
    const problem = problemOf(error);
    if (problem.failure !== undefined) logger.error(`A request failed: ${problem.failure}`);
    if (pages.wantsPage(request)) pages.send(request, response, problem);
    else response.status(problem.status).set(headersOf(problem)).json(oauthErrorOf(problem));
  };
}

/** Renders an outage or a bug that oidc-provider has answered in its own words. Pages stay pages. */
export function answerFailure(ctx: KoaContextWithOIDC, error: unknown): void {
  const problem = problemOf(error);
  ctx.status = problem.status;
  ctx.set(headersOf(problem));
  if (ctx.type !== 'text/html') ctx.body = oauthErrorOf(problem);
}

/** Renders errors that oidc-provider does not answer: an unsupported method, or a session that cannot be saved. */
export function problemMiddleware(
  renderPage: (ctx: KoaContextWithOIDC, error: unknown) => Promise<void>,
) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    try {
      await next();
      if (ctx.status !== 404 || ctx.body) return;
      throw new PlatformError('not_found');
    } catch (error) {
      // These headers belong to an answer whose session could not be saved.
      for (const name of ['Content-Type', 'Location', 'Set-Cookie']) ctx.remove(name);
      const wantsPage = isPageRoute(ctx.path) && ctx.accepts('json', 'html') === 'html';
      if (wantsPage) await renderPage(ctx, error);
      answerFailure(ctx, error);
      const { failure } = problemOf(error);
      if (failure !== undefined) ctx.app.emit('error', error, ctx);
    }
  };
}

/** Translates an error of the platform for the token endpoint. */
export function tokenEndpointError(
  ctx: KoaContextWithOIDC,
  error: PlatformError,
): errors.OIDCProviderError {
  const problem = problemOf(error);
  ctx.set(problemHeaders(problem));
  if (problem.code === 'invalid_credentials') {
    return new errors.InvalidGrant('wrong name or password');
  }
  if (problem.code === 'factor_required') {
    return new errors.InvalidGrant('the sign-in needs another factor');
  }
  if (problem.code === 'browser_required') {
    // The descriptions of other errors with this code are not shown to the caller.
    return refusalOf('invalid_grant', problem.message, 400);
  }
  const { error: code, error_description: description } = oauthErrorOf(problem);
  return refusalOf(code, description, problem.status);
}

function refusalOf(code: string, description: string, status: number): errors.OIDCProviderError {
  const refusal = new errors.CustomOIDCProviderError(code, description);
  refusal.status = refusal.statusCode = status;
  return refusal;
}
