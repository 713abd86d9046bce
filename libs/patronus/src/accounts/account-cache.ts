import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { type Identity, withAccount } from '../identity/identity.js';
import type { IdentitySelection } from '../identity/identity-cache.js';
import { LookupCache } from '../identity/lookup-cache.js';
import type { AccountSource, AccountSubject } from './account-source.js';

/** How often one question is asked again because a purge overtook the answer. */
const ATTEMPTS = 5;

/** How the answers of an {@link AccountSource} are kept. */
export interface AccountCacheOptions {
  /** Seconds that an answer counts. Default 30. The longest that a change stays unseen. */
  readonly ttl?: number | undefined;
  /** Callers at most, each in each tenant; the least recently used one goes first. Default 10,000. */
  readonly max?: number | undefined;
  /** Seconds that the source may take before the caller gets 503. Default 5. */
  readonly timeout?: number | undefined;
}

/** The accounts to forget: those that have all of the members given. */
export type AccountSelection = Omit<IdentitySelection, 'session'>;

/** The account of a caller, and the identities that it was added to, by the identity without it. */
interface Known {
  readonly account: unknown;
  readonly identities: WeakMap<Identity, Identity>;
}

/**
 * Keeps the answers of the application's {@link AccountSource}, by issuer, tenant and subject, in this
 * process. Inject it to purge.
 *
 * @example
 * await this.users.remove(user);
 * this.accounts.purge({ user: String(user.id) });
 */
export class AccountCache {
  readonly #known: LookupCache<Known>;
  #purges = 0;
  /** Null where the application has none; undefined until it is needed. */
  #source: AccountSource | null | undefined;

  /**
   * @param sourceOf - finds the source, once every provider is made: a source may inject everything that
   * the module exports, this cache included
   * @throws {PatronusConfigurationError} where an option is not a whole number over 0
   */
  constructor(
    options: AccountCacheOptions = {},
    private readonly sourceOf: () => unknown,
  ) {
    const { max = 10_000, ttl = 30, timeout = 5 } = options;
    checkMembers('accountCache', options, ['ttl', 'max', 'timeout']);
    for (const [name, value] of Object.entries({ ttl, max, timeout })) {
      checkPositiveInteger(`accountCache.${name}`, value);
    }
    this.#known = new LookupCache({ max, ttl, timeout });
  }

  /** @throws {PatronusConfigurationError} where the option `accounts` holds something else */
  start(): void {
    this.#find();
  }

  /** Whether the application has an account source. */
  get enabled(): boolean {
    return this.#find() !== null;
  }

  /** The identity with its account where that is known, or undefined. Asks nobody. */
  recall(subject: AccountSubject): Identity | undefined {
    const known = this.#known.recall(keyOf(subject))?.answer;
    return known && identityWith(known, subject.identity);
  }

  /**
   * The identity with its account. Callers that ask for the same subject at the same time share one
   * answer.
   *
   * @throws {PatronusError} `token_invalid` where there is no account, what the source throws, or
   * `provider_unavailable` where it fails or is late; none of them is kept
   */
  async load(subject: AccountSubject): Promise<Identity> {
    const { identity } = subject;
    const key = keyOf(subject);
    const ask = () => this.#ask(subject);
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const purges = this.#purges;
        const known =
          this.#known.recall(key)?.answer ??
          (await this.#known.load(key, ask, identity.expiresAt * 1000));
        if (purges === this.#purges) return identityWith(known, identity);
      }
    } catch (error) {
      throw refusalOf(error);
    }
    throw unavailable(`accounts were purged ${ATTEMPTS} times during the question`);
  }

  /**
   * Forgets accounts, at once, in this process. Without a selection, all of them. An answer that was
   * under way is dropped, and the source is asked again.
   */
  purge({ user, tenant, issuer }: AccountSelection = {}): void {
    this.#purges += 1;
    this.#known.forgetWhere((key) => {
      const [ofIssuer, ofTenant, ofUser] = partsOf(key);
      return (
        (user === undefined || user === ofUser) &&
        (tenant === undefined || tenant === ofTenant) &&
        (issuer === undefined || issuer === ofIssuer)
      );
    });
  }

  #find(): AccountSource | null {
    if (this.#source === undefined) this.#source = requireSource(this.sourceOf);
    return this.#source;
  }

  async #ask(subject: AccountSubject): Promise<Known> {
    const account: unknown = await this.#find()?.accountOf(subject);
    if (account === undefined || account === null) {
      throw new PatronusError('token_invalid', { reason: 'the caller has no account' });
    }
    return { account, identities: new WeakMap() };
  }
}

/** One text for each caller in each tenant. No tenant reads `null`, which is not the tenant "null". */
function keyOf({ identity, tenantId }: AccountSubject): string {
  return JSON.stringify([identity.issuer, tenantId, identity.id]);
}

function partsOf(key: string): readonly unknown[] {
  const parts: unknown = JSON.parse(key);
  return Array.isArray(parts) ? parts : [];
}

function identityWith({ account, identities }: Known, identity: Identity): Identity {
  let complete = identities.get(identity);
  if (complete === undefined) {
    complete = withAccount(identity, account);
    identities.set(identity, complete).set(complete, complete);
  }
  return complete;
}

function requireSource(sourceOf: () => unknown): AccountSource | null {
  let source: unknown;
  try {
    source = sourceOf();
  } catch {
    // Nest names its own methods here.
    throw mistake('depends on a request-scoped provider.', 'Inject singletons: it is made once.');
  }
  if (source === undefined) return null;
  if (isSource(source)) return source;
  throw mistake(
    'is not an AccountSource.',
    'Give { useClass: UserAccounts } where UserAccounts extends AccountSource, or an instance.',
  );
}

function mistake(problem: string, remedy: string): PatronusConfigurationError {
  return new PatronusConfigurationError('accounts', problem, remedy);
}

function isSource(value: unknown): value is AccountSource {
  return (
    typeof value === 'object' &&
    value !== null &&
    'accountOf' in value &&
    typeof value.accountOf === 'function'
  );
}

function refusalOf(error: unknown): PatronusError {
  if (!(error instanceof PatronusError)) return unavailable('the account source failed', error);
  // On a route with @OptionalAuth(), "no token" would let the refused caller in as nobody.
  if (error.code !== 'token_missing') return error;
  return new PatronusError('token_invalid', { reason: error.reason ?? 'refused', cause: error });
}

function unavailable(reason: string, cause?: unknown): PatronusError {
  return new PatronusError('provider_unavailable', { reason, cause, retryAfter: 5 });
}
