import type { ExecutionContext } from '@nestjs/common';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { RequestScope } from '../identity/request-scope.js';
import type { GuardedRequest } from './guarded-request.js';
import { HttpTransport } from './http.transport.js';
import { Transport } from './transport.js';
import type { TransportHost } from './transport-host.js';

/** Call that a guard has checked. */
export interface RunningCall {
  /** Transport of the application that received it. */
  readonly transport: Transport;
  readonly scope: RequestScope;
}

/** Transports that the application takes calls from, with the calls in flight. */
export class Transports {
  readonly #http = new HttpTransport();
  readonly #byType = new Map<string, Transport>();
  /**
   * Calls by their arguments, which guards, interceptors and handler share. Shared by the process:
   * an interceptor on a handler of two applications gets the calls of both.
   */
  static readonly #calls = new WeakMap<object, RunningCall>();
  readonly #requests = new WeakMap<object, GuardedRequest>();

  /**
   * Checks the list of transports.
   *
   * @throws {PatronusConfigurationError} if one is not a transport, or listed twice
   */
  constructor(transports: readonly Transport[] = []) {
    for (const transport of [this.#http, ...list(transports)]) {
      if (!(transport instanceof Transport) || this.#byType.has(transport.type)) {
        throw new PatronusConfigurationError(
          'transports',
          'lists something that is not a transport, or one twice.',
          'List graphql(), webSockets() or microservices(), each once. HTTP is built in.',
        );
      }
      this.#byType.set(transport.type, transport);
    }
  }

  /**
   * Returns the transport of a call.
   *
   * @throws {PatronusError} `transport_unsupported`
   */
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
   * Returns the scope of a call, opened by the first guard, for everything that runs after it.
   *
   * @throws {Error} if an HTTP request has none, because a server received it that the module does
   * not guard
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

  /** Returns the scope of a call, or undefined if no guard has opened one. */
  scopeOf(context: ExecutionContext): RequestScope | undefined {
    const transport = this.of(context);
    if (transport === this.#http) return transport.ownScope(context);
    return Transports.#calls.get(context.getArgs())?.scope;
  }

  /** Returns the call that a handler runs in: its own, or the request that it is a part of. */
  callOf(context: ExecutionContext): RunningCall | undefined {
    const known = Transports.#calls.get(context.getArgs());
    const transport = known?.transport ?? this.#byType.get(context.getType());
    const scope = known?.scope ?? transport?.ownScope(context);
    return transport && scope && { transport, scope };
  }

  /** Returns the request of a call, which is the same one for the whole call. */
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

  /**
   * Verifies the configuration of every transport.
   *
   * @throws {PatronusConfigurationError} if calls would bypass the guards
   */
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
