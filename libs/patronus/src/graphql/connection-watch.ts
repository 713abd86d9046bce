import type { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { jobScope } from '../identity/job-scope.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import type { TransportHost } from '../transport/transport-host.js';
import {
  denialOf,
  requireSame,
  requireUnexpired,
  untilCheck,
} from '../transport/connection-check.js';
import { memberOf } from '../transport/member-of.js';
import { pathOf } from '../transport/path-of.js';

/** Connection that stays open for as long as its credential is valid. */
export interface WatchedConnection {
  readonly message: RequestMessage;
  readonly socket: unknown;
  readonly identity: Identity;
  readonly tenantId: string | undefined;
}

/** Close code of a connection: `graphql-ws` uses it for "Forbidden", and it asks for no retry. */
const CLOSE_CODE = 4403;

/**
 * Closes connections whose credential has expired or was revoked, or whose caller is no longer a
 * member.
 */
export class ConnectionWatch {
  readonly #timers = new Map<RequestMessage, NodeJS.Timeout>();

  constructor(
    private readonly host: Pick<TransportHost, 'identify' | 'refused'>,
    private readonly recheckSeconds: number,
  ) {}

  watch(connection: WatchedConnection): void {
    const { message } = connection;
    if (this.#timers.has(message)) return;
    message.socket?.once('close', () => this.#forget(message));
    this.#schedule(connection);
  }

  stop(): void {
    for (const message of this.#timers.keys()) this.#forget(message);
  }

  #schedule(connection: WatchedConnection): void {
    const delay = untilCheck(connection.identity, this.recheckSeconds);
    const timer = setTimeout(() => void this.#check(connection), delay).unref();
    this.#timers.set(connection.message, timer);
  }

  /** Checks one connection. An outage closes nothing, because it does not concern the caller. */
  async #check(connection: WatchedConnection): Promise<void> {
    const { message } = connection;
    try {
      await this.#identifyAgain(connection);
    } catch (error) {
      const denial = denialOf(error);
      if (denial.code !== 'provider_unavailable') {
        this.#forget(message);
        this.#close(connection, denial);
        return;
      }
    }
    if (this.#timers.has(message)) this.#schedule(connection);
  }

  async #identifyAgain({ message, identity, tenantId }: WatchedConnection): Promise<void> {
    requireUnexpired(identity);
    requireSame(identity, tenantId, await this.host.identify({ raw: message }));
  }

  #close(connection: WatchedConnection, error: PatronusError): void {
    const { identity, tenantId, message } = connection;
    const path = pathOf(message.url);
    const call = { transport: 'graphql', route: 'connection', method: 'CONNECT', path };
    this.host.refused(error, jobScope({ identity, tenantId }), call);
    close(connection, error.code);
  }

  #forget(message: RequestMessage): void {
    clearTimeout(this.#timers.get(message));
    this.#timers.delete(message);
  }
}

function close({ socket, message }: WatchedConnection, code: string): void {
  const end = memberOf(socket, 'close');
  if (typeof end === 'function') end.call(socket, CLOSE_CODE, code);
  else message.socket?.destroy();
}
