import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { requireText, requireTexts } from '../errors/require-option.js';
import { isSecureUrl, requireSecureUrl } from '../identity/secure-url.js';

/**
 * Metadata of an API that names the authorization servers it trusts, so that a refused client can
 * find out where to get a token (RFC 9728).
 */
export interface ProtectedResourceOptions {
  /**
   * Identifier of this API (RFC 9728, section 1.2): the https URL that callers see, without query
   * and fragment. `https://api.example.com`, or `https://example.com/mcp`.
   */
  readonly resource: string;
  /** Issuers that a client may use. By default those of the identity provider. */
  readonly authorizationServers?: readonly string[] | undefined;
  /**
   * Scopes that a client may request. By default those that routes and `permissions.scopes` name.
   */
  readonly scopes?: readonly string[] | undefined;
  /** Name of this API, for people. */
  readonly name?: string | undefined;
  /** URL of a page for developers. */
  readonly documentation?: string | undefined;
  /** URL of a page that says what clients may do with the data. */
  readonly policy?: string | undefined;
  /** URL of a page with the terms of service. */
  readonly terms?: string | undefined;
}

const OPTIONS = [
  'resource',
  'authorizationServers',
  'scopes',
  'name',
  'documentation',
  'policy',
  'terms',
];
/** Path that every router takes literally. */
const PATH = /^(?:\/[\w.~-]+)*\/?$/;
/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * Checks the options.
 *
 * @throws {PatronusConfigurationError} if an option is not valid; names the option and the remedy
 */
export function checkProtectedResource(
  options: ProtectedResourceOptions,
): ProtectedResourceOptions {
  if (typeof options !== 'object' || options === null) {
    throw mistake('', 'is not an object.', "Write { resource: 'https://api.example.com' }.");
  }
  checkMembers('protectedResource', options, OPTIONS);
  checkResource(options.resource);
  checkList('authorizationServers', options.authorizationServers, isSecureUrl, 'the issuers');
  checkList('scopes', options.scopes, (scope) => SCOPE.test(scope), 'each scope by itself');
  if (options.name !== undefined) {
    requireText('protectedResource.name', options.name, 'Give a name for people.');
  }
  for (const page of ['documentation', 'policy', 'terms'] as const) {
    if (options[page] !== undefined) requireSecureUrl(`protectedResource.${page}`, options[page]);
  }
  return options;
}

function checkResource(resource: unknown): void {
  const { pathname, search } = new URL(requireSecureUrl('protectedResource.resource', resource));
  const remedy = 'Give the URL of the API, such as https://api.example.com/mcp.';
  if (search !== '') throw mistake('resource', 'has a query.', remedy);
  if (PATH.test(pathname)) return;
  throw mistake(
    'resource',
    'has a path with characters other than letters, digits, "._~-".',
    remedy,
  );
}

function checkList(
  name: string,
  list: unknown,
  isGood: (member: string) => boolean,
  what: string,
): void {
  if (list === undefined) return;
  const remedy = `List ${what}, or leave it out.`;
  for (const [index, member] of requireTexts(`protectedResource.${name}`, list, remedy).entries()) {
    if (!isGood(member)) throw mistake(`${name}[${index}]`, 'is none.', remedy);
  }
}

function mistake(member: string, problem: string, remedy: string): PatronusConfigurationError {
  const path = member === '' ? 'protectedResource' : `protectedResource.${member}`;
  return new PatronusConfigurationError(path, problem, remedy);
}
