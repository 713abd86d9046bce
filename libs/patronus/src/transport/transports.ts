import type { ExecutionContext } from '@nestjs/common';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { RequestScope } from '../identity/request-scope.js';
import type { GuardedRequest } from './guarded-request.js';
import { HttpTransport } from './http.transport.js';
import { Transport } from './transport.js';
import type { TransportHost } from './transport-host.js';

/** A call that a guard has seen. */
export interface RunningCall {
  /** Of the application that it came to. */
  readonly transport: Transport;
  readonly scope: RequestScope;
}

/** Every transport that the application takes calls from, and the calls that are running. */
export class Transports {
  readonly #http = new HttpTransport();
  readonly #byType = new Map<string, Transport>();
  /**
   * By the arguments of the call, which its guards, interceptors and handler share. Of the process: what
   * stands on a handler of two applications meets the calls of both.
   */
  static readonly #calls = new WeakMap<object, RunningCall>();
  readonly #requests = new WeakMap<object, GuardedRequest>();

  /** @throws {PatronusConfigurationError} where one is no transport, or listed twice */
  constructor(transports: readonly Transport[] = []) {
    for (const transport of [this.#http, ...list(transports)]) {
      if (!(transport instanceof Transport) || this.#byType.has(transport.type)) {
        throw new PatronusConfigurationError(
          'transports',
          'lists something that is no transport, or one twice.',
          'List graphql(), webSockets() or microservices(), each once. HTTP is built in.',
        );
      }
      this.#byType.set(transport.type, transport);
    }
  }

  /** @throws {PatronusError} `transport_unsupported` */
  of(context: ExecutionContext): Transport {
    const type = context.getType<string>();
    const transport = this.#byType.get(type);
    if (transport === undefined) {
      throw new PatronusError('transport_unsupported', {
        reason: `${type} is not among the transports of PatronusModule`,
      });
    }
    return transport;
  }

  has(type: string): boolean {
    return this.#byType.has(type);
  }

  /**
   * The scope of a call: opened by the first guard that asks, for all that comes after it.
   *
   * @throws where an HTTP request has none: it came to a server that the module does not guard
   */
  open(context: ExecutionContext, authenticate: RequestScope['authenticate']): RequestScope {
    const known = this.scopeOf(context);
    if (known !== undefined) return known;
    const transport = this.of(context);
    if (transport === this.#http) throw new Error('PatronusModule has not seen this request.');
    const scope =
      transport.ownScope(context)?.ofCall() ?? new RequestScope(undefined, authenticate);
    Transports.#calls.set(context.getArgs(), { transport, scope });
    return scope;
  }

  /** The scope of a call, or undefined where no guard has opened one. */
  scopeOf(context: ExecutionContext): RequestScope | undefined {
    const transport = this.of(context);
    if (transport === this.#http) return transport.ownScope(context);
    return Transports.#calls.get(context.getArgs())?.scope;
  }

  /** What a handler runs in: its call, or the request that it is a part of. */
  callOf(context: ExecutionContext): RunningCall | undefined {
    const known = Transports.#calls.get(context.getArgs());
    const transport = known?.transport ?? this.#byType.get(context.getType());
    const scope = known?.scope ?? transport?.ownScope(context);
    return transport && scope && { transport, scope };
  }

  /** The same request for everybody who asks during one call. */
  requestOf(context: ExecutionContext): GuardedRequest {
    const transport = this.of(context);
    if (transport === this.#http) return transport.requestOf(context);
    const known = this.#requests.get(context.getArgs());
    if (known !== undefined) return known;
    const request = transport.requestOf(context);
    this.#requests.set(context.getArgs(), request);
    return request;
  }

  start(host: TransportHost): void {
    for (const transport of this.#byType.values()) transport.start(host);
  }

  bindProvided(): void {
    for (const transport of this.#byType.values()) transport.bindProvided();
  }

  /** @throws {PatronusConfigurationError} where calls would get past the guards */
  verify(): void {
    for (const transport of this.#byType.values()) transport.verify();
  }

  stop(): void {
    for (const transport of this.#byType.values()) transport.stop();
  }
}

function list(transports: unknown): readonly unknown[] {
  return Array.isArray(transports) ? transports : [transports];
}
