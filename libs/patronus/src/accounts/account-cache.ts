import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { type Identity, withAccount } from '../identity/identity.js';
import type { IdentitySelection } from '../identity/identity-cache.js';
import { LookupCache } from '../identity/lookup-cache.js';
import { readSelection } from '../identity/purge-selection.js';
import type { AccountSource, AccountSubject } from './account-source.js';

/** Maximum number of attempts for one look-up if purges overtake its answers. */
const ATTEMPTS = 5;

/** Remedy of each refusal with 401, so that it is logged at a level that production shows. */
const REMEDY =
  'If this caller is to be let in, let accountOf() return its account. Otherwise end its access at the issuer, too.';

/** Settings of the cache for the answers of an {@link AccountSource}. */
export interface AccountCacheOptions {
  /**
   * Seconds that an answer is kept. Default: 30. A change is seen after this time at the latest.
   */
  readonly ttl?: number | undefined;
  /**
   * Maximum number of callers, counted once for each tenant. The least recently used one is dropped
   * first. Default: 10,000.
   */
  readonly max?: number | undefined;
  /** Timeout of the source in seconds, after which the caller gets 503. Default: 5. */
  readonly timeout?: number | undefined;
}

/** Selects the accounts to forget: those that match all of the given members. */
export type AccountSelection = Omit<IdentitySelection, 'session'>;

/**
 * Account of a caller, with the identities that it was added to, by the identity without account.
 */
interface Known {
  readonly account: unknown;
  readonly identities: WeakMap<Identity, Identity>;
}

/**
 * Caches the answers of the application's {@link AccountSource}, by issuer, tenant and subject, in
 * this process. Inject it to purge.
 *
 * @example
 * await this.users.remove(user);
 * this.accounts.purge({ user: String(user.id) });
 */
export class AccountCache {
  readonly #known: LookupCache<Known>;
  readonly #isConfigured: boolean;
  #purges = 0;
  /** Null if the application has no account source; undefined until it is looked up. */
  #source: AccountSource | null | undefined;

  /**
   * @param sourceOf - finds the source, once every provider is made: a source may inject everything that
   * the module exports, this cache included
   * @throws {PatronusConfigurationError} if an option is not a whole number over 0
   */
  constructor(
    options: AccountCacheOptions | undefined,
    private readonly sourceOf: () => unknown,
  ) {
    this.#isConfigured = options !== undefined;
    if (options !== undefined) checkMembers('accountCache', options, ['ttl', 'max', 'timeout']);
    const { max = 10_000, ttl = 30, timeout = 5 } = options ?? {};
    for (const [name, value] of Object.entries({ ttl, max, timeout })) {
      checkPositiveInteger(`accountCache.${name}`, value);
    }
    this.#known = new LookupCache({ max, ttl, timeout });
  }

  /**
   * Finds the source.
   *
   * @throws {PatronusConfigurationError} if the option `accounts` holds something else, or is missing
   * beside `accountCache`
   */
  start(): void {
    if (this.#find() !== null || !this.#isConfigured) return;
    throw new PatronusConfigurationError(
      'accountCache',
      'is given without accounts, and has nothing to cache.',
      'Give accounts as well, or leave accountCache out.',
    );
  }

  /** True if the application has an account source. */
  get enabled(): boolean {
    return this.#find() !== null;
  }

  /**
   * Returns the identity with its account if the account is cached, or undefined. Makes no look-up.
   */
  recall(subject: AccountSubject): Identity | undefined {
    const known = this.#known.recall(keyOf(subject))?.answer;
    return known && identityWith(known, subject.identity);
  }

  /**
   * Returns the identity with its account. Concurrent callers that ask for the same subject share
   * one answer.
   *
   * @throws {PatronusError} `token_invalid` if there is no account, the error that the source
   * throws, or `provider_unavailable` if it fails or exceeds its timeout; none of them is cached
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
    throw unavailable(`accounts were purged ${ATTEMPTS} times during the look-up`);
  }

  /**
   * Forgets accounts in this process, at once: those that match every given member, or `'all'`. An
   * answer in flight is dropped, and the source is asked again.
   *
   * @throws {PatronusConfigurationError} if the selection names nothing, or has a member that does
   * not exist
   */
  purge(selection: AccountSelection | 'all'): void {
    const { user, tenant, issuer } = readSelection<AccountSelection>(
      'AccountCache.purge',
      selection,
      ['user', 'tenant', 'issuer'],
    );
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
    // A check that fails, such as `user && user.isActive`, answers false and must not admit.
    if (!account) {
      throw new PatronusError('token_invalid', { reason: 'the caller has no account' });
    }
    return { account, identities: new WeakMap() };
  }
}

/**
 * Returns a key that is unique for each caller in each tenant. No tenant is written as `null`,
 * which differs from the tenant "null".
 */
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
    throw mistake(
      'depends on a request-scoped provider.',
      'Inject singletons: it is created once.',
    );
  }
  if (source === undefined) return null;
  if (isSource(source)) return source;
  throw mistake(
    typeof source === 'object' && source !== null
      ? 'is not an AccountSource: it has no method accountOf().'
      : 'is not an AccountSource.',
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
  // On a route with @OptionalAuth(), `token_missing` would let the refused caller in as anonymous.
  const isMissing = error.code === 'token_missing';
  // Other denials are logged as warnings without a remedy.
  const remedy = error.remedy ?? (error.getStatus() === 401 ? REMEDY : undefined);
  if (!isMissing && error.reason !== undefined && remedy === error.remedy) return error;
  return refusalBecause(error, isMissing ? 'token_invalid' : error.code, remedy);
}

/** Returns the refusal of the source, with a reason and a remedy for operators. */
function refusalBecause(
  error: PatronusError,
  code: PatronusError['code'],
  remedy: string | undefined,
): PatronusError {
  const { scopes, challenge, headers, retryAfter } = error;
  return new PatronusError(code, {
    reason: error.reason ?? 'the account source refused the caller',
    ...(remedy === undefined ? {} : { remedy }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    scopes,
    challenge,
    headers,
    cause: error.cause,
  });
}

function unavailable(reason: string, cause?: unknown): PatronusError {
  return new PatronusError('provider_unavailable', { reason, cause, retryAfter: 5 });
}
