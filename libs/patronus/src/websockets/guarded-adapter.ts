import type { WebSocketAdapter } from '@nestjs/common';
import type { RouteAccess } from '../authorization/rules/route-rule.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { memberOf } from '../transport/member-of.js';
import type { Connections } from './connections.js';
import { type Gateways, placeOf } from './gateways.js';

/** Members of a server of Socket.IO that are used here. */
interface IoServer {
  use(middleware: (client: object, next: (error?: Error) => void) => void): unknown;
}

/** Handlers that gateways bind to one server. */
interface GuardedServer {
  readonly access: () => RouteAccess;
  /** Callbacks of Nest for a client that has connected, one for each gateway of the server. */
  readonly connected: Function[];
}

/**
 * Guards any WebSocket adapter of the application: no gateway gets a client before its handshake is
 * verified.
 */
export class GuardedAdapter {
  readonly #servers = new WeakMap<object, GuardedServer>();
  readonly #adapters = new WeakSet<WebSocketAdapter>();

  constructor(
    private readonly connections: Connections,
    private readonly gateways: Gateways,
  ) {}

  /** Changes the adapter in place: a proxy could not access its private members. */
  guard(adapter: WebSocketAdapter): void {
    if (this.#adapters.has(adapter)) return;
    this.#adapters.add(adapter);
    const create = adapter.create.bind(adapter);
    adapter.create = (port: number, options?: unknown) => {
      const server: unknown = create(port, options);
      this.#open(server, port, options);
      return server;
    };
    const connect = adapter.bindClientConnect.bind(adapter);
    adapter.bindClientConnect = (server: object, connected: Function) => {
      const guarded = this.#guarded(server, () => 'authenticated');
      if (guarded.connected.push(connected) > 1) return;
      connect(server, (...args: readonly unknown[]) => this.#receive(guarded, args));
    };
    const disconnect = adapter.bindClientDisconnect?.bind(adapter);
    if (disconnect === undefined) return;
    adapter.bindClientDisconnect = (client: object, left: Function) => {
      disconnect(client, (...args: readonly unknown[]) =>
        this.connections.leave(client, () => void Reflect.apply(left, undefined, args)),
      );
    };
  }

  #open(server: unknown, port: number, options: unknown): void {
    if (typeof server !== 'object' || server === null || this.#servers.has(server)) return;
    refuseRecovery(server);
    const place = placeOf(port, options);
    let known: RouteAccess | undefined;
    const access = () => (known ??= this.gateways.accessAt(place));
    this.#guarded(server, access);
    if (!isIoServer(server)) return;
    server.use((client, next) => void this.#admit(client, access(), next));
  }

  async #admit(client: object, access: RouteAccess, next: (error?: Error) => void): Promise<void> {
    const refusal = await this.connections.refuse(client, access);
    next(refusal && Object.assign(new Error(refusal.message), { data: refusal }));
  }

  /**
   * Returns the guarded server. A server that the adapter did not create in `create` belongs to no
   * known gateway, and is closed.
   */
  #guarded(server: object, access: () => RouteAccess): GuardedServer {
    let guarded = this.#servers.get(server);
    if (guarded === undefined) this.#servers.set(server, (guarded = { access, connected: [] }));
    return guarded;
  }

  #receive({ access, connected }: GuardedServer, args: readonly unknown[]): void {
    const [client, request] = args;
    if (typeof client !== 'object' || client === null) return;
    this.connections.receive(client, request, access(), () => {
      for (const one of connected) Reflect.apply(one, undefined, args);
    });
  }
}

/**
 * Returns true for servers and namespaces of Socket.IO, whose middleware can refuse a connection.
 */
function isIoServer(server: object): server is IoServer {
  return 'sockets' in server && 'use' in server && typeof server.use === 'function';
}

/**
 * Refuses connection state recovery. Before any middleware runs, Socket.IO sends a recovered
 * connection the messages that it missed, and puts it back into its rooms, regardless of its
 * current caller. `skipMiddlewares: false` changes neither.
 */
function refuseRecovery(server: object): void {
  const options: unknown = Reflect.get(server, 'opts');
  if (!memberOf(options, 'connectionStateRecovery')) return;
  throw new PatronusConfigurationError(
    'connectionStateRecovery',
    'lets Socket.IO recover connections whose credential is no longer valid, or now belongs to another caller.',
    'Leave it out, and let clients request the messages that they missed.',
  );
}
