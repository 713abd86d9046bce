import {
  applyDecorators,
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Logger,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import type { Request, Response } from 'express';
import { ProblemPages } from '../operation/http/error.filter.js';
import { type Problem, problemOf } from '../operation/http/problem.js';
import { SameOriginGuard, sendPage } from './pages.js';
import { problemPage } from './views/error.page.js';

/** Paths that programs ask, whatever they say that they accept. */
const FOR_PROGRAMS =
  /^\/(?:api|access|metrics|health|\.well-known|oauth\/(?!authorize|device|logout))(?:\/|$)/i;

/** Shows problems to people in a browser, each with a way on. */
export class BrowserProblemPages extends ProblemPages {
  wantsPage(request: Request): boolean {
    return !FOR_PROGRAMS.test(request.path) && request.accepts(['json', 'html']) === 'html';
  }

  send(response: Response, problem: Problem): void {
    const { status, retryAfter } = problem;
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    sendPage(response, problemPage(problem), { status });
  }
}

/** Answers with a page, whatever the caller says that it accepts. */
@Catch()
export class ProblemPageFilter implements ExceptionFilter {
  readonly #logger = new Logger('Platform');
  readonly #pages = new BrowserProblemPages();

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = problemOf(error);
    if (problem.failure !== undefined) this.#logger.error(`A page failed: ${problem.failure}`);
    this.#pages.send(host.switchToHttp().getResponse<Response>(), problem);
  }
}

/** A controller of pages: plain forms, which no other site can post. */
export const PageController = (path = ''): ClassDecorator =>
  applyDecorators(
    Controller(path),
    Public(),
    UseGuards(SameOriginGuard),
    UseFilters(ProblemPageFilter),
    ApiExcludeController(),
  );
