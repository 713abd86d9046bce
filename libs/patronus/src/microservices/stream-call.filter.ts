import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type Observable, of } from 'rxjs';
import { hasMethods } from './has-methods.js';
import { RpcDenial } from './rpc-denial.js';

/**
 * Answers a denied call of `@GrpcStreamCall()`. Nest leaves all answering to such a handler, so
 * that an error before it would only reach `unhandledRejection`, which ends the process.
 */
@Catch(RpcDenial)
export class StreamCallFilter implements ExceptionFilter<RpcDenial> {
  catch(denial: RpcDenial, host: ArgumentsHost): Observable<unknown> {
    const [call, callback] = host.getArgs<unknown[]>();
    if (typeof callback === 'function') Reflect.apply(callback, undefined, [denial.getError()]);
    else if (hasMethods(call, 'emit')) call.emit('error', denial.getError());
    return of(undefined);
  }
}
