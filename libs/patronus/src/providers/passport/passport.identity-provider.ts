import { hash } from 'node:crypto';
import { inspect } from 'node:util';
import { runStrategy, type RunnableStrategy } from '../../authentication/run-strategy.js';
import { PatronusError } from '../../errors/patronus.error.js';
import type { Credential, CredentialScheme } from '../../identity/credential.js';
import { withinDeadline } from '../../identity/deadline.js';
import type { Identity } from '../../identity/identity.js';
import { IdentityProvider } from '../../identity/identity-provider.js';
import { OutageWatch } from './outage-watch.js';
import type { PassportProfile } from './passport.options.js';
import { readIdentity } from './read-identity.js';
import type { ToIdentity } from './to-identity.js';

/** Believes what a Passport strategy believes. Made by `passport()`. */
export class PassportIdentityProvider extends IdentityProvider {
  readonly name: string;
  override readonly issuers: readonly string[];
  override readonly schemes: readonly CredentialScheme[];
  readonly #outage: OutageWatch;

  constructor(
    private readonly strategy: RunnableStrategy,
    private readonly toIdentity: ToIdentity,
    private readonly profile: PassportProfile,
  ) {
    super();
    const { name, issuer, issuers, schemes } = profile;
    this.name = name;
    this.issuers = issuers;
    this.schemes = schemes;
    const told = { provider: name, issuer };
    const reason = 'the strategy fails';
    this.#outage = new OutageWatch(
      () => this.report({ type: 'provider_unavailable', ...told, reason }),
      () => this.report({ type: 'provider_recovered', ...told }),
    );
  }

  /**
   * @throws {PatronusError} `token_invalid` where the strategy fails the caller, `token_expired` where
   * the identity has ended, `provider_unavailable` where the strategy reports an error, throws, asks
   * for a redirect, or is late
   */
  async authenticate(credential: Credential): Promise<Identity> {
    if (!this.schemes.includes(credential.scheme)) {
      throw this.#refusal('token_invalid', 'not a kind of credential that the strategy reads');
    }
    let identity: Identity;
    try {
      identity = await withinDeadline(this.#run(credential), this.profile.timeout * 1000);
    } catch (error) {
      if (error instanceof PatronusError) this.#outage.answered();
      else this.#outage.failed(hash('sha256', credential.token));
      throw error instanceof PatronusError ? error : this.#unavailable(error, credential);
    }
    this.#outage.answered();
    if (identity.expiresAt > Date.now() / 1000) return identity;
    throw this.#refusal('token_expired', 'the identity has ended');
  }

  async #run(credential: Credential): Promise<Identity> {
    const outcome = await runStrategy(this.strategy, this.profile.request(credential));
    if ('challenge' in outcome || !outcome.user) {
      throw this.#refusal('token_invalid', 'the strategy refused');
    }
    const answer: unknown = await this.toIdentity(outcome.user, outcome.info, credential);
    try {
      return readIdentity(answer, this.profile);
    } catch (error) {
      // The strategy works: what it knows of this one user is not enough for an identity.
      throw this.#unavailable(error, credential);
    }
  }

  #refusal(code: 'token_invalid' | 'token_expired', reason: string): PatronusError {
    return new PatronusError(code, { reason: `${this.name}: ${reason}` });
  }

  /** Causes are logged, and some strategies repeat the token in theirs. */
  #unavailable(cause: unknown, { token }: Credential): PatronusError {
    const shown = inspect(cause, { depth: 10, showHidden: true, maxStringLength: null });
    return new PatronusError('provider_unavailable', {
      reason: `${this.name}: the strategy fails`,
      cause: shown.includes(token) ? undefined : cause,
      retryAfter: 5,
    });
  }
}
