import { hash } from 'node:crypto';
import { inspect } from 'node:util';
import { HttpException } from '@nestjs/common';
import { runStrategy, type RunnableStrategy } from '../../authentication/run-strategy.js';
import type { PatronusErrorCode } from '../../errors/error-codes.js';
import { PatronusError } from '../../errors/patronus.error.js';
import type { Credential, CredentialScheme } from '../../identity/credential.js';
import { withinDeadline } from '../../identity/deadline.js';
import type { Identity } from '../../identity/identity.js';
import { IdentityProvider } from '../../identity/identity-provider.js';
import { OutageWatch } from './outage-watch.js';
import type { PassportProfile } from './passport.options.js';
import { readIdentity } from './read-identity.js';
import { isExpiry, reasonOf } from './strategy-reason.js';
import type { ToIdentity } from './to-identity.js';

/** Statuses of Nest's exceptions that refuse a caller. Any other is a failure of the strategy. */
const REFUSALS: ReadonlyMap<number, PatronusErrorCode> = new Map([
  [401, 'token_invalid'],
  [403, 'permission_denied'],
]);

/** Accepts the callers that a Passport strategy accepts. Created by `passport()`. */
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
   * Runs the strategy for a credential.
   *
   * @throws {PatronusError} `token_expired` if the strategy fails the caller for that reason, or
   * the identity has expired, `token_invalid` if it fails the caller for any other reason,
   * `provider_unavailable` if the strategy reports an error, throws, asks for a redirect, or
   * exceeds its timeout. Of the exceptions of Nest, 401 counts as `token_invalid` and 403 as
   * `permission_denied`.
   */
  async authenticate(credential: Credential): Promise<Identity> {
    if (!this.schemes.includes(credential.scheme)) {
      throw this.#refusal('token_invalid', 'not a kind of credential that the strategy reads');
    }
    let identity: Identity;
    try {
      identity = await withinDeadline(this.#run(credential), this.profile.timeout * 1000);
    } catch (thrown) {
      const error = this.#judge(thrown, credential);
      if (error instanceof PatronusError) this.#outage.answered();
      else this.#outage.failed(hash('sha256', credential.token));
      throw error instanceof PatronusError ? error : this.#unavailable(error, credential);
    }
    this.#outage.answered();
    if (identity.expiresAt > Date.now() / 1000) return identity;
    throw this.#refusal('token_expired', 'the identity has expired');
  }

  async #run(credential: Credential): Promise<Identity> {
    const outcome = await runStrategy(this.strategy, this.profile.request(credential));
    if ('challenge' in outcome) throw this.#refused(outcome.challenge, credential);
    if (!outcome.user) throw this.#refused(outcome.info, credential);
    const answer: unknown = await this.toIdentity(outcome.user, outcome.info, credential);
    try {
      return readIdentity(answer, outcome.user, this.profile);
    } catch (error) {
      // The strategy works, but this user does not have the fields of an identity.
      throw this.#unavailable(error, credential);
    }
  }

  /** Returns the refusal. The strategy's own reason goes to the log. */
  #refused(
    info: unknown,
    { token }: Credential,
    code: PatronusErrorCode = isExpiry(info) ? 'token_expired' : 'token_invalid',
  ): PatronusError {
    const why = reasonOf(info, token);
    return this.#refusal(code, `the strategy refused${why === undefined ? '' : `: ${why}`}`);
  }

  /**
   * Converts an error. A `validate` that was written for `@nestjs/passport` refuses with the
   * exceptions of Nest.
   */
  #judge(thrown: unknown, credential: Credential): unknown {
    if (!(thrown instanceof HttpException) || thrown instanceof PatronusError) return thrown;
    const code = REFUSALS.get(thrown.getStatus());
    return code === undefined ? thrown : this.#refused(thrown, credential, code);
  }

  #refusal(code: PatronusErrorCode, reason: string): PatronusError {
    return new PatronusError(code, { reason: `${this.name}: ${reason}` });
  }

  /**
   * Returns the error without the token, because causes are logged, and some strategies repeat the
   * token in theirs.
   */
  #unavailable(cause: unknown, { token }: Credential): PatronusError {
    const shown = inspect(cause, { depth: 10, showHidden: true, maxStringLength: null });
    return new PatronusError('provider_unavailable', {
      reason: `${this.name}: the strategy fails`,
      cause: shown.includes(token) ? undefined : cause,
      retryAfter: 5,
    });
  }
}
