import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { jobScope } from '../tenancy/job-scope.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import type { TransportHost } from '../transport/transport-host.js';
import { memberOf } from './graphql-call.js';

/** A longer one fires at once (Node.js, timers), in milliseconds. */
const LONGEST_TIMER = 2_147_483_647;

/** A connection that is let live on, for as long as its credential counts. */
export interface WatchedConnection {
  readonly message: RequestMessage;
  readonly socket: unknown;
  readonly identity: Identity;
  readonly tenantId: string | undefined;
}

/** Closed with it: what `graphql-ws` says for "Forbidden", and nothing that asks for a retry. */
const CLOSE_CODE = 4403;

/** Ends the connections whose credential has expired, was revoked, or is no member any more. */
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
    const left = connection.identity.expiresAt * 1000 - Date.now();
    const delay = Math.max(1, Math.min(Math.ceil(left), this.recheckSeconds * 1000, LONGEST_TIMER));
    const timer = setTimeout(() => void this.#check(connection), delay).unref();
    this.#timers.set(connection.message, timer);
  }

  /** An outage closes nothing: it says nothing about who is connected. */
  async #check(connection: WatchedConnection): Promise<void> {
    const { message } = connection;
    try {
      await this.#identifyAgain(connection);
    } catch (error) {
      const isOutage = error instanceof PatronusError && error.code === 'provider_unavailable';
      if (!isOutage) {
        this.#forget(message);
        this.#close(connection, denialOf(error));
        return;
      }
    }
    if (this.#timers.has(message)) this.#schedule(connection);
  }

  async #identifyAgain({ message, identity, tenantId }: WatchedConnection): Promise<void> {
    if (identity.expiresAt * 1000 <= Date.now()) throw new PatronusError('token_expired');
    const scope = await this.host.identify({ raw: message });
    if (scope.identity?.id !== identity.id || scope.identity.issuer !== identity.issuer) {
      throw new PatronusError('token_invalid');
    }
    if (scope.tenantId !== tenantId) throw new PatronusError('tenant_mismatch');
  }

  #close(connection: WatchedConnection, error: PatronusError): void {
    const { identity, tenantId, message } = connection;
    const path = (message.url ?? '').replace(/[?#].*$/s, '');
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

function denialOf(error: unknown): PatronusError {
  if (error instanceof PatronusError) return error;
  return new PatronusError('token_invalid', { reason: 'the check failed', cause: error });
}
