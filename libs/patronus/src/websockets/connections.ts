import type { RouteAccess } from '../authorization/rules/route-rule.js';
import type { PatronusError } from '../errors/patronus.error.js';
import { runInScope } from '../identity/request-scope.js';
import type { TransportHost } from '../transport/transport-host.js';
import { denialOf } from '../transport/connection-check.js';
import { Connection, type ConnectionHost } from './connection.js';
import { catchErrorsOf } from './gateway-hooks.js';
import { type Refusal, refusalOf } from './refusal.js';
import { closeClient, isOpen, pause, resume } from './socket-client.js';

/** Connections of an application, by their clients. */
export class Connections {
  readonly #known = new WeakMap<object, Connection>();
  readonly #watched = new Set<Connection>();
  readonly #host: ConnectionHost;

  constructor(
    private readonly host: Pick<TransportHost, 'identify' | 'refused'>,
    recheck: number,
  ) {
    this.#host = {
      identify: (request) => host.identify(request),
      recheck,
      watched: this.#watched,
      expel: (connection, error) => this.#close(connection, error),
    };
  }

  of(client: object): Connection | undefined {
    return this.#known.get(client);
  }

  /**
   * Verifies the handshake of a client that is not connected yet.
   *
   * @returns the refusal to send if it must not connect
   */
  async refuse(client: object, access: RouteAccess): Promise<Refusal | undefined> {
    const connection = this.#make(client, undefined);
    try {
      await connection.admit(access);
      return undefined;
    } catch (error) {
      const denial = denialOf(error);
      return refusalOf(denial, this.#tell(connection, denial));
    }
  }

  /**
   * Calls `serve` in the scope of a client that has connected: at once if its handshake was
   * verified before, else as soon as it is. Until then no message of it is read.
   */
  receive(client: object, request: unknown, access: RouteAccess, serve: () => void): void {
    const connection = this.#make(client, request);
    if (connection.isAdmitted) return this.#serve(connection, serve);
    pause(client);
    void this.#serveLater(connection, access, serve);
  }

  /** Calls `work` in the scope of a client whose connection has ended. */
  leave(client: object, work: () => void): void {
    const connection = this.#known.get(client);
    if (connection === undefined) return work();
    connection.end();
    runInScope(connection.scope, work);
  }

  /** Stops all checks, because the application ends, and its servers with it. */
  stop(): void {
    for (const connection of this.#watched) connection.end();
  }

  #make(client: object, request: unknown): Connection {
    let connection = this.#known.get(client);
    if (connection === undefined) {
      const made = new Connection(client, request, this.#host);
      this.#known.set(client, made);
      catchErrorsOf(client, (error) => this.#failed(made, error));
      connection = made;
    }
    return connection;
  }

  async #serveLater(connection: Connection, access: RouteAccess, serve: () => void): Promise<void> {
    const { client } = connection;
    try {
      await connection.admit(access);
    } catch (error) {
      this.#close(connection, denialOf(error));
      return;
    }
    if (isOpen(client)) this.#serve(connection, serve);
    resume(client);
  }

  #serve(connection: Connection, serve: () => void): void {
    connection.watch();
    runInScope(connection.scope, serve);
    // Nest listens for the end of a connection after it has reported its beginning to gateways.
    if (!isOpen(connection.client)) connection.end();
  }

  /** Handles a gateway that refuses the connection, or fails at its end. */
  #failed(connection: Connection, error: PatronusError): void {
    if (isOpen(connection.client)) connection.expel(error);
    else this.#tell(connection, error);
  }

  #close(connection: Connection, error: PatronusError): void {
    closeClient(connection.client, error, this.#tell(connection, error));
  }

  /**
   * Reports a refusal.
   *
   * @returns the id of the decision, which the caller gets too
   */
  #tell({ scope, path }: Connection, error: PatronusError): string {
    const call = { transport: 'ws', route: 'connection', method: 'CONNECT', path };
    return this.host.refused(error, scope, call);
  }
}
