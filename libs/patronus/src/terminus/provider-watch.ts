import { withinDeadline } from '../identity/deadline.js';
import type { IdentityProvider } from '../identity/identity-provider.js';
import type { ProviderEvent } from '../identity/provider-event.js';

/** The longest that a health check waits for the identity provider, in milliseconds. */
const PATIENCE = 2000;

/** Somebody whom an identity provider cannot ask. */
export interface Outage {
  readonly provider: string;
  readonly issuer?: string;
  /** When it was first noticed, in ISO 8601. */
  readonly since: string;
}

/** `degraded`: somebody cannot be asked, and callers are still let in. `down`: none are. */
export type ProviderState = 'up' | 'degraded' | 'down';

/** Knows from its events, and from what its warm-up says, whether an identity provider works. */
export class ProviderWatch {
  readonly #outages = new Map<string, Outage>();
  #unobserve = (): void => {};
  /** Whether it was last seen to be able to verify anything. */
  #works = false;

  constructor(private readonly provider: IdentityProvider) {}

  /** Those that cannot be asked right now. */
  get outages(): readonly Outage[] {
    return [...this.#outages.values()];
  }

  start(): void {
    this.#unobserve = this.provider.observe((event) => this.#hear(event));
  }

  stop(): void {
    this.#unobserve();
  }

  /** Asks nobody while all is well. Through an outage it has the provider try again. */
  async look(): Promise<ProviderState> {
    if (!this.#works || this.#outages.size > 0) await this.#try();
    if (!this.#works) return 'down';
    return this.#outages.size > 0 ? 'degraded' : 'up';
  }

  async #try(): Promise<void> {
    let isLate = true;
    const attempt = this.provider.warmUp().finally(() => (isLate = false));
    try {
      await withinDeadline(attempt, PATIENCE);
      this.#works = true;
    } catch (error) {
      // A server that hangs says nothing of the keys that are known already.
      if (!isLate) this.#works = this.#othersWork(error);
    }
  }

  /** Of several issuers some may work. */
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

/** A URL without what may be secret: a password, a query. */
function withoutSecrets(issuer: string): string {
  if (!URL.canParse(issuer)) return issuer;
  const { protocol, host, pathname } = new URL(issuer);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
