import {
  applyDecorators,
  Catch,
  Controller,
  Injectable,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { ProblemFilter, ProblemPages } from '../operation/http/error.filter.js';
import { type Problem, problemHeaders } from '../operation/http/problem.js';
import { textFields } from './page-forms.js';
import { Pages } from './pages.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { continuing, signInPathOf } from './page-forms.js';
import type { DeadLink } from './views/dead-link.page.js';
import { problemPage, type WayBack } from './views/error.page.js';

/** Paths of programs, which never get a page. */
const API =
  /^\/(?:(?:api|access|metrics|health|\.well-known)(?:\/|$)|oauth\/(?!(?:authorize|device|logout)(?:\/|$)))/i;

/** The pages of links whose purpose is not a new password. */
const LINK_PAGES: Readonly<Record<string, DeadLink['purpose']>> = {
  '/verify-email': 'verify_email',
  '/setup': 'first_administrator',
};

/** The details of `link_invalid`. */
const LINK_PROBLEM = z.object({
  details: z.object({ reason: z.enum(['used', 'expired', 'unknown']) }),
});

/** Renders problems as pages for browsers, with a next step. */
@Injectable()
export class BrowserProblemPages extends ProblemPages {
  constructor(private readonly pages: Pages) {
    super();
  }

  wantsPage(request: Request): boolean {
    const path = request.baseUrl + request.path;
    return !API.test(path) && request.accepts(['json', 'html']) === 'html';
  }

  send(request: Request, response: Response, problem: Problem, wayBack?: WayBack): void {
    const { issuer } = this.pages;
    const signInUrl = signInPathOf(request.query, issuer) ?? signInPathOf(request.body, issuer);
    const model = {
      code: problem.code,
      retryAfter: problem.retryAfter,
      retryPath: retryPathOf(request),
      link: {
        purpose: LINK_PAGES[request.path.toLowerCase().replace(/\/$/, '')],
        reason: LINK_PROBLEM.safeParse(problem.details).data?.details.reason,
        signInUrl,
        resend: { action: '/resend-verification', hidden: continuing(signInUrl) },
      },
      wayBack: wayBack ?? (signInUrl === undefined ? undefined : { waitsAt: signInUrl }),
    };
    response.set(problemHeaders(problem));
    this.pages.send(response, (ui) => problemPage(ui, model), { status: problem.status });
  }
}

/** Pages with a form that can be opened again, with their token. */
const FORM =
  /^\/(?:register|forgot-password|reset-password|verify-email|setup|interaction\/[\w-]+)/;
const TOKEN = /^[\w-]{1,200}$/;

/** The path that repeats a request: of a form, that of its page. */
function retryPathOf({ method, originalUrl, body }: Request): string | undefined {
  // More than one slash at the beginning would lead to another site.
  if (method === 'GET') return /^\/(?![/\\])/.test(originalUrl) ? originalUrl : undefined;
  const path = FORM.exec(originalUrl)?.[0];
  const { token = '' } = textFields(body);
  return path !== undefined && TOKEN.test(token) ? `${path}?token=${token}` : path;
}

/** Renders every error as a page, regardless of `Accept`. */
@Catch()
class ProblemPageFilter extends ProblemFilter {
  constructor(pages: BrowserProblemPages) {
    super({
      wantsPage: () => true,
      send: (request, response, problem) => pages.send(request, response, problem),
    });
  }
}

/** A controller of pages. Other sites cannot post its forms. */
export const PageController = (path = ''): ClassDecorator =>
  applyDecorators(
    Controller(path),
    Public(),
    UseGuards(SameOriginGuard),
    UseFilters(ProblemPageFilter),
    ApiExcludeController(),
  );
