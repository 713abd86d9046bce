import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { isObservable, type Observable } from 'rxjs';
import { deliverHere } from './deliver-here.js';

/** Delivers the messages of a call to handlers of `@GrpcStreamMethod()` inside of its scope. */
export class RequestStreamInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const args = context.getArgs<unknown[]>();
    const [messages] = args;
    if (isObservable(messages)) args[0] = Object.assign(deliverHere(messages), drainOf(messages));
    return next.handle();
  }
}

/**
 * Returns the function that releases the messages. Nest holds messages back until the handler
 * listens, and leaves this function on the stream.
 */
function drainOf(messages: object): object {
  return 'drainBuffer' in messages ? { drainBuffer: messages.drainBuffer } : {};
}
