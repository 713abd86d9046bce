import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
  Injectable,
  Logger,
  Optional,
  StandardSchemaValidationPipe,
} from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import { PlatformError } from './errors.js';
import { type SchemaIssue, sentenceOf } from './input-sentences.js';
import { type Problem, problemHeaders, problemOf } from './problem.js';

/** Renders problems as pages. The console provides it. */
export abstract class ProblemPages {
  /** Tells if the caller is a browser that shows a page. */
  abstract wantsPage(request: Request): boolean;
  /** Sends the status, the page and its headers. */
  abstract send(request: Request, response: Response, problem: Problem): void;
}

/** Renders every error as JSON, or as a page for a browser, and logs unexpected ones. */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Platform');

  constructor(@Optional() @Inject(ProblemPages) private readonly pages?: ProblemPages) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error);
    if (problem.failure !== undefined) this.#logger.error(`A request failed: ${problem.failure}`);
    if (response.headersSent) {
      response.end();
      return;
    }
    const report = reportOf(error);
    if (report !== undefined) response.status(problem.status).json(report);
    else if (this.pages?.wantsPage(request)) this.pages.send(request, response, problem);
    else sendJson(response, problem);
  }
}

function sendJson(response: Response, problem: Problem): void {
  const { status, code, message, details } = problem;
  const body = { statusCode: status, code, message, ...details };
  response.status(status).set(problemHeaders(problem)).json(body);
}

/** Returns a body that the handler wrote itself, such as the health report. */
function reportOf(error: unknown): object | undefined {
  if (!(error instanceof HttpException)) return undefined;
  const body = error.getResponse();
  return typeof body === 'object' && 'status' in body ? body : undefined;
}

/** Refuses a body that no parser has read, because its content type is not supported. */
export const refuseUnreadBody: RequestHandler = ({ headers, body }, _response, next) => {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  const hasBody = encoding !== undefined || length !== '0';
  next(hasBody && body === undefined ? new PlatformError('unsupported_media_type') : undefined);
};

/** The most issues of one answer: a body of 64 KB could have thousands. */
const MAX_ISSUES = 20;

/** Returns the error of an input that a schema refuses. It names invalid members, and never unknown ones. */
export function invalidInput(issues: readonly SchemaIssue[]): PlatformError {
  const named = issues.slice(0, MAX_ISSUES).map((issue) => ({
    path: (issue.path ?? [])
      .map((part) => String(typeof part === 'object' ? part.key : part))
      .join('.'),
    message: sentenceOf(issue),
  }));
  return new PlatformError('invalid_input', { details: { issues: named } });
}

/** Validates the body that a handler declares with `@Body({ schema })`, and names each invalid member. */
export const bodyPipe = new StandardSchemaValidationPipe({ exceptionFactory: invalidInput });
