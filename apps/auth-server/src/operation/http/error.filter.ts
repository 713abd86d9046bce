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
import type { Request, Response } from 'express';
import { PlatformError } from './errors.js';
import { type Problem, problemOf } from './problem.js';

/** Shows problems to people. The room of the pages provides it. */
export abstract class ProblemPages {
  /** Tells if the caller is a browser that shows a page. */
  abstract wantsPage(request: Request): boolean;
  abstract send(response: Response, problem: Problem): void;
}

/** Answers with a code and a short sentence, and tells operators what failed. */
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
    if (problem.retryAfter !== undefined) {
      response.setHeader('Retry-After', String(problem.retryAfter));
    }
    const report = reportOf(error);
    if (report !== undefined) response.status(problem.status).json(report);
    else if (this.pages?.wantsPage(request)) this.pages.send(response, problem);
    else sendJson(response, problem);
  }
}

function sendJson(response: Response, { status, code, message, details }: Problem): void {
  response.status(status).json({ statusCode: status, code, message, ...details });
}

/** An answer that its handler wrote itself, such as a report on the health of the platform. */
function reportOf(error: unknown): object | undefined {
  if (!(error instanceof HttpException)) return undefined;
  const body = error.getResponse();
  return typeof body === 'object' && 'status' in body ? body : undefined;
}

/** Checks the body that a handler declares with `@Body({ schema })`, and names each member that is wrong. */
export const bodyPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new PlatformError('invalid_input', {
      details: {
        issues: issues.map(({ path = [], message }) => ({
          path: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
          message,
        })),
      },
    }),
});
