import type { ExecutionContext, WebSocketAdapter } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { GuardedRequest } from '../transport/guarded-request.js';
import { scalarsAsText } from '../transport/scalars-as-text.js';
import type { CallTarget } from '../transport/call-target.js';
import { Transport } from '../transport/transport.js';
import type { TransportHost } from '../transport/transport-host.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { Gateways } from './gateways.js';
import { GuardedAdapter } from './guarded-adapter.js';
import { refusalOf } from './refusal.js';

/**
 * Transport for messages of gateways. Each has the credential of the handshake of its connection.
 */
export class WebSocketTransport extends Transport {
  override readonly type = 'ws';
  #connections: Connections | undefined;
  #isRunning = false;

  constructor(private readonly recheck: number) {
    super();
  }

  /**
   * Binds the transport to an application.
   *
   * @throws {PatronusConfigurationError} if it is bound to another application
   */
  override start(host: TransportHost): void {
    if (this.#isRunning) {
      throw new PatronusConfigurationError(
        'transports',
        'holds a webSockets() that another application has started.',
        'Call webSockets() once for each application, and close applications that have ended.',
      );
    }
    const gateways = new Gateways(host);
    gateways.refuseMarkedHooks();
    gateways.catchErrorsInHooks();
    this.#isRunning = true;
    this.#connections = new Connections(host, this.recheck);
    guardAdapters(host, new GuardedAdapter(this.#connections, gateways));
  }

  override stop(): void {
    this.#connections?.stop();
    this.#isRunning = false;
  }

  override requestOf(context: ExecutionContext): GuardedRequest {
    const payload: unknown = context.switchToWs().getData();
    return {
      raw: this.#connectionOf(context).handshake,
      body: payload,
      get params() {
        return scalarsAsText(payload);
      },
    };
  }

  override targetOf(context: ExecutionContext): CallTarget {
    const pattern: unknown = context.switchToWs().getPattern();
    const path = typeof pattern === 'string' ? pattern : context.getHandler().name;
    return { method: 'MESSAGE', path };
  }

  override denial(error: PatronusError, decisionId: string | undefined): WsException {
    return new WsException(refusalOf(error, decisionId));
  }

  override admitted(context: ExecutionContext, { identity }: RequestScope): void {
    if (identity !== undefined) this.#connectionOf(context).adopt();
  }

  #connectionOf(context: ExecutionContext): Connection {
    const connection = this.#connections?.of(context.switchToWs().getClient<object>());
    if (connection !== undefined) return connection;
    throw new PatronusError('transport_unsupported', {
      reason: 'the connection did not come through the WebSocket adapter of the application',
    });
  }
}

/**
 * Guards the adapter once it is set, after the transports are started: by the application, or by
 * Nest.
 */
function guardAdapters({ config }: TransportHost, guarded: GuardedAdapter): void {
  const set = config.setIoAdapter.bind(config);
  config.setIoAdapter = (adapter: WebSocketAdapter) => {
    guarded.guard(adapter);
    set(adapter);
  };
  const adapter: WebSocketAdapter | null = config.getIoAdapter();
  if (adapter !== null) guarded.guard(adapter);
}
