import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { PatronusError } from '../errors/patronus.error.js';
import { errorTypeOf } from './error-type.js';
import { SCOPE_NAME } from './instruments.js';
import { quietly } from './quietly.js';

/** Result of a piece of work. */
export interface Ending<Result> {
  readonly span: Span;
  readonly seconds: number;
  readonly result: Result | undefined;
  /** Undefined if it succeeded. */
  readonly error: unknown;
}

/**
 * Runs `work` inside a span, a child of the active one. A refusal is not an error of this service:
 * only an outage or an unexpected error sets the status. No message of an error goes into the span.
 */
export function withinSpan<Result>(
  name: string,
  work: () => Promise<Result>,
  ended: (ending: Ending<Result>) => void,
): Promise<Result> {
  return trace.getTracer(SCOPE_NAME).startActiveSpan(name, async (span) => {
    const startedAt = performance.now();
    const end = (result: Result | undefined, error: unknown): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      quietly(() => {
        if (error !== undefined) span.setAttribute('error.type', errorTypeOf(error));
        if (isFault(error)) span.setStatus({ code: SpanStatusCode.ERROR });
        ended({ span, seconds, result, error });
        span.end();
      });
    };
    try {
      const result = await work();
      end(result, undefined);
      return result;
    } catch (error) {
      end(undefined, error ?? new Error('Nothing was thrown.'));
      throw error;
    }
  });
}

function isFault(error: unknown): boolean {
  return error !== undefined && !(error instanceof PatronusError && error.getStatus() < 500);
}
