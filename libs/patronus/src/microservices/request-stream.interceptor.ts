import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { isObservable, type Observable } from 'rxjs';
import { deliverHere } from './deliver-here.js';

/** Lets handlers of `@GrpcStreamMethod()` hear the messages of a call inside of its scope. */
export class RequestStreamInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const args = context.getArgs<unknown[]>();
    const [messages] = args;
    if (isObservable(messages)) args[0] = Object.assign(deliverHere(messages), drainOf(messages));
    return next.handle();
  }
}

/** Nest keeps messages back until the handler listens, and leaves the tap at the stream. */
function drainOf(messages: object): object {
  return 'drainBuffer' in messages ? { drainBuffer: messages.drainBuffer } : {};
}
