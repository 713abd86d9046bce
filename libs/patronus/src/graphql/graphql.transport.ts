import type { ExecutionContext } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { type RequestScope, scopeOfRequest } from '../identity/request-scope.js';
import type { GuardedRequest, RequestMessage } from '../transport/guarded-request.js';
import { scalarsAsText } from '../transport/scalars-as-text.js';
import type { CallTarget } from '../transport/call-target.js';
import { memberOf } from '../transport/member-of.js';
import { Transport } from '../transport/transport.js';
import type { TransportHost } from '../transport/transport-host.js';
import { connectionMessage } from './connection-message.js';
import { ConnectionWatch } from './connection-watch.js';
import { requireFieldGuards } from './field-guards.js';
import { callOf, isRecord } from './graphql-call.js';
import { type GraphqlSource, sourceOf } from './graphql-connection.js';
import { bindSubscriptions, keepSubscriber } from './subscription-scopes.js';

/** Transport for queries, mutations, fields and subscriptions, over HTTP and over sockets. */
export class GraphqlTransport extends Transport {
  override readonly type = 'graphql';
  /** One message for each handshake, which identifies the connection. */
  readonly #messages = new WeakMap<RequestMessage, RequestMessage>();
  #host: TransportHost | undefined;
  #watch: ConnectionWatch | undefined;

  /**
   * @param names - further members of `connection_init` that count as headers, in lower case
   * @param recheckSeconds - interval between two checks of an open connection, in seconds
   */
  constructor(
    private readonly names: ReadonlySet<string>,
    private readonly recheckSeconds: number,
  ) {
    super();
  }

  override requestOf(context: ExecutionContext): GuardedRequest {
    const { input, context: operation } = callOf(context);
    const source = sourceOf(operation);
    if (source === undefined) {
      throw new PatronusError('token_missing', {
        reason: 'the GraphQL context holds no request: keep `req` in it',
      });
    }
    return { raw: this.#messageOf(source), params: scalarsAsText(input), body: input };
  }

  override targetOf(context: ExecutionContext): CallTarget {
    return callOf(context).target;
  }

  override denial(error: PatronusError, decisionId: string | undefined): GraphQLError {
    const { code, message, retryAfter, disclosed } = error;
    return new GraphQLError(message, {
      extensions: {
        code,
        ...(decisionId !== undefined && { decisionId }),
        ...(retryAfter !== undefined && { retryAfter }),
        ...disclosed,
      },
    });
  }

  /** Returns the scope of the HTTP request that brought the operation. Undefined over a socket. */
  override ownScope(context: ExecutionContext): RequestScope | undefined {
    const source = sourceOf(callOf(context).context);
    return source?.kind === 'http' ? scopeOfRequest(source.message) : undefined;
  }

  override admitted(context: ExecutionContext, scope: RequestScope): void {
    keepSubscriber(context, scope);
    const { identity, tenantId } = scope;
    if (identity === undefined) return;
    const operation = callOf(context).context;
    const source = sourceOf(operation);
    if (source?.kind === 'http') Object.assign(source.request, { user: identity });
    if (source?.kind !== 'socket') return;
    const { socket } = source;
    // Mercurius has no `req` over a socket. With it, `context.req.user` is the caller everywhere.
    const request = memberOf(operation, 'req');
    if (isRecord(request)) Object.assign(request, { user: identity });
    else Object.assign(operation, { req: { user: identity } });
    this.#watch?.watch({ message: this.#messageOf(source), socket, identity, tenantId });
  }

  /**
   * Binds the transport to an application.
   *
   * @throws {PatronusConfigurationError} if it is bound to another application
   */
  override start(host: TransportHost): void {
    if (this.#host !== undefined) {
      throw new PatronusConfigurationError(
        'transports',
        'holds a graphql() that another application has started.',
        'Call graphql() once for each application, and close applications that have ended.',
      );
    }
    this.#host = host;
    this.#watch = new ConnectionWatch(host, this.recheckSeconds);
    bindSubscriptions(host.discovery);
  }

  override bindProvided(): void {
    if (this.#host !== undefined) bindSubscriptions(this.#host.discovery);
  }

  override verify(): void {
    if (this.#host !== undefined) requireFieldGuards(this.#host.discovery);
  }

  override stop(): void {
    this.#watch?.stop();
    this.#host = undefined;
  }

  #messageOf(source: GraphqlSource): RequestMessage {
    if (source.kind === 'http') return source.message;
    const { handshake, payload } = source;
    let message = this.#messages.get(handshake);
    if (message === undefined) {
      message = connectionMessage(handshake, payload, this.names);
      this.#messages.set(handshake, message);
    }
    return message;
  }
}
