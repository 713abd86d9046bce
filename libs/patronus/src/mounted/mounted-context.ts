// oxlint-disable typescript/no-unnecessary-type-parameters -- The interface of Nest has them.
import type { ArgumentsHost, ContextType, ExecutionContext, Type } from '@nestjs/common';

type HttpArguments = ReturnType<ArgumentsHost['switchToHttp']>;

/** Context for the guards of a request that reaches no handler of Nest. */
export class MountedContext implements ExecutionContext {
  constructor(
    private readonly owner: Type<unknown>,
    private readonly handler: Function,
    private readonly request: object,
    private readonly response: object,
  ) {}

  getClass<T = unknown>(): Type<T>;
  getClass(): Type<unknown> {
    return this.owner;
  }

  getHandler(): Function {
    return this.handler;
  }

  getArgs<T extends unknown[] = unknown[]>(): T;
  getArgs(): unknown[] {
    return [this.request, this.response];
  }

  getArgByIndex<T = unknown>(index: number): T;
  getArgByIndex(index: number): unknown {
    return this.getArgs()[index];
  }

  getType<T extends string = ContextType>(): T;
  getType(): string {
    return 'http';
  }

  switchToHttp(): HttpArguments;
  switchToHttp(): { getRequest(): unknown; getResponse(): unknown; getNext(): unknown } {
    return {
      getRequest: () => this.request,
      getResponse: () => this.response,
      getNext: () => undefined,
    };
  }

  switchToRpc(): never {
    throw new TypeError('This is a request of HTTP.');
  }

  switchToWs(): never {
    throw new TypeError('This is a request of HTTP.');
  }
}
