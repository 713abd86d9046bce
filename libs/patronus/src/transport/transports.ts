import type { ExecutionContext } from '@nestjs/common';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { RequestScope } from '../identity/request-scope.js';
import type { GuardedRequest } from './guarded-request.js';
import { HttpTransport } from './http.transport.js';
import { Transport } from './transport.js';
import type { TransportHost } from './transport-host.js';

/** Every transport that the application takes calls from, and the calls that are running. */
export class Transports {
  readonly #http = new HttpTransport();
  readonly #byType = new Map<string, Transport>();
  /** By the arguments of the call, which its guards, interceptors and handler share. */
  readonly #scopes = new WeakMap<object, RequestScope>();
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
      throw new PatronusError('transport_unsupported', { reason: type });
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
    this.#scopes.set(context.getArgs(), scope);
    return scope;
  }

  /** The scope of a call, or undefined where no guard has opened one. */
  scopeOf(context: ExecutionContext): RequestScope | undefined {
    const transport = this.of(context);
    if (transport === this.#http) return transport.ownScope(context);
    return this.#scopes.get(context.getArgs());
  }

  /** The scope that a handler runs in: that of its call, or of the request that it is a part of. */
  scopeAround(context: ExecutionContext): RequestScope | undefined {
    return this.scopeOf(context) ?? this.of(context).ownScope(context);
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
