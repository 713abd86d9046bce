import type { RouteAccess } from '../authorization/rules/route-rule.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import { jobScope } from '../identity/job-scope.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import {
  denialOf,
  requireSame,
  requireUnexpired,
  untilCheck,
} from '../transport/connection-check.js';
import { pathOf } from '../transport/path-of.js';
import { handshakeOf } from './handshake.js';
import { isOpen } from './socket-client.js';

/** Part of the application that a connection needs. */
export interface ConnectionHost {
  identify(request: { readonly raw: RequestMessage }): Promise<RequestScope>;
  /** Seconds between two checks. */
  readonly recheck: number;
  /** Connections that have a timer. */
  readonly watched: Set<Connection>;
  /** Closes a connection. */
  expel(connection: Connection, error: PatronusError): void;
}

/** Open connection, with its caller and the validity of its credential. */
export class Connection {
  #scope = jobScope({});
  #admission: Promise<void> | undefined;
  #admitted = false;
  #handshake: RequestMessage | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;
  #ended = false;
  #expelled: PatronusError | undefined;

  /**
   * Creates a connection.
   *
   * @param request - the handshake, if the adapter provides it beside the client
   */
  constructor(
    readonly client: object,
    private readonly request: unknown,
    private readonly host: ConnectionHost,
  ) {}

  /**
   * Scope of the caller, for work that the connection itself starts. Empty without a known caller.
   */
  get scope(): RequestScope {
    return this.#scope;
  }

  /** Path of the handshake, without its query string: for events and logs. */
  get path(): string {
    return pathOf(this.#handshake?.url);
  }

  get isAdmitted(): boolean {
    return this.#admitted;
  }

  /**
   * Handshake, always the same object: a proof of possession (RFC 9449) counts for the connection
   * that it opened.
   *
   * @throws {PatronusError} also if the connection must end: `ws` delivers further messages until
   * the other side agrees
   */
  get handshake(): RequestMessage {
    if (this.#expelled !== undefined) {
      throw new PatronusError(this.#expelled.code, { reason: 'the connection was closed' });
    }
    return (this.#handshake ??= handshakeOf(this.client, this.request));
  }

  /**
   * Verifies the handshake, once.
   *
   * @throws {PatronusError} if the connection must be refused
   */
  admit(access: RouteAccess): Promise<void> {
    return (this.#admission ??= this.#verify(access));
  }

  /**
   * Checks the connection from now on until {@link end}, and closes it once its credential is no
   * longer valid.
   */
  watch(): void {
    if (this.#ended || this.#timer !== undefined) return;
    const { identity } = this.#scope;
    if (identity === undefined) return;
    const delay = untilCheck(identity, this.host.recheck);
    this.#timer = setTimeout(() => void this.#check(), delay).unref();
    this.host.watched.add(this);
  }

  /**
   * Records that a message was admitted. A handshake that did not need to be checked has been
   * checked now.
   */
  adopt(): void {
    if (this.#scope.identity === undefined) void this.#check();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.host.watched.delete(this);
  }

  /** Closes the connection, and ignores messages that still arrive. */
  expel(error: PatronusError): void {
    if (this.#ended) return;
    this.#expelled = error;
    this.end();
    this.host.expel(this, error);
  }

  async #verify(access: RouteAccess): Promise<void> {
    if (access !== 'public') {
      try {
        this.#scope = await this.host.identify({ raw: this.handshake });
      } catch (error) {
        const denial = denialOf(error);
        if (access !== 'optional' || denial.code !== 'token_missing') throw denial;
      }
    }
    this.#admitted = true;
  }

  /** Checks the credential. An outage closes nothing, because it does not concern the caller. */
  async #check(): Promise<void> {
    if (this.#ended || this.#isChecking) return;
    this.#isChecking = true;
    try {
      await this.#identifyAgain();
    } catch (error) {
      const denial = denialOf(error);
      if (denial.code !== 'provider_unavailable') this.expel(denial);
    } finally {
      this.#isChecking = false;
    }
    this.#timer = undefined;
    this.watch();
  }

  async #identifyAgain(): Promise<void> {
    if (!isOpen(this.client)) return this.end();
    const { identity, tenantId } = this.#scope;
    if (identity !== undefined) requireUnexpired(identity);
    const scope = await this.host.identify({ raw: this.handshake });
    if (identity !== undefined) requireSame(identity, tenantId, scope);
    this.#scope = scope;
  }
}
