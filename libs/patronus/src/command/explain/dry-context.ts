import type { ExecutionContext } from '@nestjs/common';
import type { BoundHandler } from '../../transport/handler-explorer.js';
import type { PresentedRequest } from './presented-request.js';

/** Builds the context of a call that does not take place, as the guards read it. */
export function dryContext(
  { type, owner, handler }: BoundHandler,
  request: PresentedRequest,
): ExecutionContext {
  const args: readonly unknown[] = [request, {}];
  const context = {
    getType: () => type,
    getClass: () => owner,
    getHandler: () => handler,
    getArgs: () => args,
    getArgByIndex: (index: number) => args[index],
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => args[1] }),
  };
  if (isContext(context)) return context;
  throw new TypeError('This is not a context.');
}

/** Nest makes its own methods generic; their results are as untyped as here. */
function isContext(value: object): value is ExecutionContext {
  return 'getHandler' in value && 'switchToHttp' in value;
}
