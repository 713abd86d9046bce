import { PatronusError } from '../../errors/patronus.error.js';
import type { Credential } from '../../identity/credential.js';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { IdentityProvider } from '../../identity/identity-provider.js';
import type { ProviderUnderTest } from './provider-harness.js';

export const GOOD = 'session-of-ana-4f1c02d97be8';
export const OTHER = 'session-of-ben-9d3ab7715c60';
const ENDED = 'session-of-eva-00b1c2d3e4f5';

const SESSIONS: Readonly<Record<string, string>> = {
  [GOOD]: 'ana',
  [OTHER]: 'ben',
  [ENDED]: 'eva',
};

/** Provider of opaque tokens that keeps the contract, to derive from and to break. */
export class SessionProvider extends IdentityProvider {
  readonly name: string = 'sessions';
  down = false;
  calls = 0;
  #told = false;
  readonly #flights = new Map<string, Promise<string | undefined>>();

  override authenticate(credential: Credential): Promise<Identity> {
    return this.verify(credential);
  }

  /** Calls the server, once for concurrent callers. */
  protected async lookUp(token: string): Promise<string | undefined> {
    const running = this.#flights.get(token);
    if (running !== undefined) return running;
    const flight = this.askServer(token).finally(() => this.#flights.delete(token));
    this.#flights.set(token, flight);
    return flight;
  }

  protected async askServer(token: string): Promise<string | undefined> {
    this.calls += 1;
    await Promise.resolve();
    if (this.down) throw this.unavailable();
    return Object.hasOwn(SESSIONS, token) ? SESSIONS[token] : undefined;
  }

  protected async verify({ token }: Credential): Promise<Identity> {
    const id = await this.lookUp(token).catch((error: unknown) => {
      if (!this.#told) this.tell('provider_unavailable');
      this.#told = true;
      throw error;
    });
    if (this.#told) this.tell('provider_recovered');
    this.#told = false;
    if (token === ENDED) throw new PatronusError('token_expired');
    if (id === undefined) throw this.refusal(token);
    return this.identityOf({
      id,
      issuer: 'https://sessions.example',
      provider: this.name,
      expiresAt: Math.floor(Date.now() / 1000) + 60,
    });
  }

  protected unavailable(): Error {
    return new PatronusError('provider_unavailable', { retryAfter: 1 });
  }

  protected refusal(_token: string): Error {
    return new PatronusError('token_invalid', { reason: 'no such session' });
  }

  protected identityOf(fields: IdentityFields): Identity {
    return new Identity(fields);
  }

  protected tell(type: 'provider_unavailable' | 'provider_recovered'): void {
    this.report({ type, provider: this.name, issuer: undefined, reason: 'down' });
  }

  /** Emits any event, for a provider that invents one. */
  protected say(event: object): void {
    this.report(JSON.parse(JSON.stringify(event)));
  }
}

/** Returns a harness with everything that the contract requires. */
export function harnessOf(provider: SessionProvider): ProviderUnderTest {
  const bearer = (token: string): Credential => ({ scheme: 'bearer', token });
  return {
    provider,
    good: () => bearer(GOOD),
    expected: { id: 'ana', roles: [] },
    other: () => bearer(OTHER),
    expired: () => bearer(ENDED),
    forged: () => bearer('session-of-nobody-1234567890'),
    foreign: () => bearer('session-of-elsewhere-123456'),
    garbage: ['session-of-'],
    outage: () => void (provider.down = true),
    recover: () => void (provider.down = false),
    calls: () => provider.calls,
    stop: () => undefined,
  };
}

/** Provider with one fault, and the message of the contract for it. */
export type Faulty = readonly [
  fault: string,
  check: string,
  says: RegExp,
  provider: new () => SessionProvider,
];
