import { withinDeadline } from '../identity/deadline.js';
import type { IdentityProvider } from '../identity/identity-provider.js';
import type { ProviderEvent } from '../identity/provider-event.js';

/** Maximum time that a health check waits for the identity provider, in milliseconds. */
const TIMEOUT_MS = 2000;

/** Server that an identity provider cannot reach. */
export interface Outage {
  readonly provider: string;
  readonly issuer?: string;
  /** Time at which it was first noticed, in ISO 8601. */
  readonly since: string;
}

/**
 * State of a provider. `degraded`: a server cannot be reached, and callers are still let in.
 * `down`: none are.
 */
export type ProviderState = 'up' | 'degraded' | 'down';

/**
 * Determines from its events, and from the result of its warm-up, if an identity provider works.
 */
export class ProviderWatch {
  readonly #outages = new Map<string, Outage>();
  #unobserve = (): void => {};
  /** True if it could verify tokens when it was last checked. */
  #works = false;

  constructor(private readonly provider: IdentityProvider) {}

  /** Servers that cannot be reached now. */
  get outages(): readonly Outage[] {
    return [...this.#outages.values()];
  }

  start(): void {
    this.#unobserve = this.provider.observe((event) => this.#hear(event));
  }

  stop(): void {
    this.#unobserve();
  }

  /**
   * Returns the state. Makes no call while everything works. During an outage it makes the provider
   * try again.
   */
  async look(): Promise<ProviderState> {
    if (!this.#works || this.#outages.size > 0) await this.#try();
    if (!this.#works) return 'down';
    return this.#outages.size > 0 ? 'degraded' : 'up';
  }

  async #try(): Promise<void> {
    let isLate = true;
    const attempt = this.provider.warmUp().finally(() => (isLate = false));
    try {
      await withinDeadline(attempt, TIMEOUT_MS);
      this.#works = true;
    } catch (error) {
      // A server that hangs says nothing about the keys that are already cached.
      if (!isLate) this.#works = this.#othersWork(error);
    }
  }

  /** Returns true if other issuers work. */
  #othersWork(error: unknown): boolean {
    return error instanceof AggregateError && error.errors.length < this.provider.issuers.length;
  }

  #hear(event: ProviderEvent): void {
    const { type, provider, issuer } = event;
    const key = JSON.stringify([provider, issuer]);
    if (type === 'provider_recovered' || type === 'issuer_removed') this.#outages.delete(key);
    if (type !== 'provider_unavailable') return;
    const name = issuer === undefined ? {} : { issuer: withoutSecrets(issuer) };
    this.#outages.set(key, { provider, ...name, since: new Date(Date.now()).toISOString() });
  }
}

/** Removes the parts of a URL that may be secret: a password, a query. */
function withoutSecrets(issuer: string): string {
  if (!URL.canParse(issuer)) return issuer;
  const { protocol, host, pathname } = new URL(issuer);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
