import { checkMembers } from '../../errors/check-option.js';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText, requireTexts } from '../../errors/require-option.js';
import type { Credential, CredentialScheme } from '../../identity/credential.js';
import { requestOf } from './strategy-request.js';

/** Options of `passport()`. */
export interface PassportOptions {
  /** Name for logs, and for `Identity.provider`. Default: `passport`. */
  readonly name?: string | undefined;
  /** Value of `Identity.issuer`, if `toIdentity` sets none. Default: the name. */
  readonly issuer?: string | undefined;
  /**
   * Issuers (`iss`) whose tokens go to this strategy, in a list of providers. Without it, opaque
   * tokens do.
   */
  readonly issuers?: readonly string[] | undefined;
  /** Kinds of credential that the strategy reads. Default: `['bearer']`. */
  readonly schemes?: readonly CredentialScheme[] | undefined;
  /**
   * Creates the request that the strategy gets. It should hold the credential and nothing else,
   * because results are cached by the credential alone. By default the credential is in the
   * `Authorization` header, and an API key in `x-api-key` as well.
   */
  readonly request?: ((credential: Credential) => object) | undefined;
  /** Timeout for the strategy and `toIdentity` together, in seconds, up to 10. Default: 5. */
  readonly timeout?: number | undefined;
}

/** Options with their defaults, checked. */
export interface PassportProfile {
  readonly name: string;
  readonly issuer: string;
  readonly issuers: readonly string[];
  readonly schemes: readonly CredentialScheme[];
  readonly request: (credential: Credential) => object;
  /** Seconds. */
  readonly timeout: number;
}

const SCHEMES: readonly CredentialScheme[] = ['bearer', 'api-key'];
const MAX_TIMEOUT = 10;
const LEAVE_OUT = 'Give a text, or leave it out.';

/**
 * Checks the options, and fills in their defaults.
 *
 * @throws {PatronusConfigurationError} if an option is not valid; names the option and the remedy
 */
export function readPassportOptions(options: PassportOptions): PassportProfile {
  checkMembers('passport', options, ['name', 'issuer', 'issuers', 'schemes', 'request', 'timeout']);
  const { schemes = ['bearer'], timeout = 5, request = requestOf, issuers } = options;
  const name = requireText('passport.name', options.name ?? 'passport', LEAVE_OUT);
  requireSchemes(schemes);
  if (typeof request !== 'function') {
    throw mistake('request', 'is not a function.', 'Give (credential) => request.');
  }
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= MAX_TIMEOUT)) {
    throw mistake('timeout', 'is out of range.', `Give up to ${MAX_TIMEOUT} seconds.`);
  }
  return {
    name,
    issuer: requireText('passport.issuer', options.issuer ?? name, LEAVE_OUT),
    issuers: issuers === undefined ? [] : requireTexts('passport.issuers', issuers, LEAVE_OUT),
    schemes: [...schemes],
    request,
    timeout,
  };
}

function requireSchemes(schemes: unknown): void {
  const isScheme = (one: unknown): boolean => SCHEMES.some((scheme) => scheme === one);
  if (Array.isArray(schemes) && schemes.length > 0 && schemes.every(isScheme)) return;
  throw mistake(
    'schemes',
    'is not a list of kinds of credential.',
    `Choose from ${SCHEMES.join(', ')}.`,
  );
}

function mistake(option: string, problem: string, remedy: string): PatronusConfigurationError {
  return new PatronusConfigurationError(`passport.${option}`, problem, remedy);
}
