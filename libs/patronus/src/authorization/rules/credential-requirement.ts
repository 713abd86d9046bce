import { PatronusError } from '../../errors/patronus.error.js';
import type { Identity } from '../../identity/identity.js';
import {
  requireAuthentication,
  type AuthenticationRequirement,
} from './authentication-requirement.js';
import { listNames } from '../explanation/list-names.js';

/** OAuth scopes that a token must all have. */
export interface ScopeRequirement {
  readonly kind: 'scopes';
  readonly scopes: readonly string[];
}

/** Requires a token that is bound to a key, with a proof of that key (RFC 9449). */
export interface ProofRequirement {
  readonly kind: 'proof';
}

/** Issuers of which one must have issued the credential. */
export interface IssuerRequirement {
  readonly kind: 'issuers';
  readonly issuers: readonly string[];
}

/** Requirement on the credential itself, which needs no look-up. */
export type CredentialRequirement =
  ScopeRequirement | ProofRequirement | AuthenticationRequirement | IssuerRequirement;

const KINDS: ReadonlySet<string> = new Set<CredentialRequirement['kind']>([
  'scopes',
  'proof',
  'authentication',
  'issuers',
]);

/** Returns true if a requirement concerns the credential, rather than roles and permissions. */
export function isOfCredential(requirement: {
  readonly kind: string;
}): requirement is CredentialRequirement {
  return KINDS.has(requirement.kind);
}

/**
 * Returns true if every authenticated caller meets a requirement: a `@RequireAuthentication()`
 * without conditions.
 */
export function isMetByEveryCaller(requirement: CredentialRequirement): boolean {
  if (requirement.kind !== 'authentication') return false;
  const { within, methods, levels } = requirement;
  return within === undefined && methods.length === 0 && levels.length === 0;
}

/**
 * Checks a requirement on the credential.
 *
 * @throws {PatronusError} `scope_denied`, `dpop_proof_missing`, `step_up_required` or `issuer_unknown`
 */
export function requireOfCredential(
  requirements: readonly { readonly kind: string }[],
  identity: Identity,
  proven: boolean,
): void {
  for (const requirement of requirements) {
    if (!isOfCredential(requirement)) continue;
    if (requirement.kind === 'scopes') requireScopes(requirement.scopes, identity);
    else if (requirement.kind === 'authentication') requireAuthentication(requirement, identity);
    else if (requirement.kind === 'issuers') requireIssuer(requirement, identity);
    else if (!proven) {
      throw new PatronusError('dpop_proof_missing', { reason: 'the route requires a proof' });
    }
  }
}

/** Returns true if the token has every one of these scopes. */
export function holdsScopes(scopes: readonly string[], { scopes: held }: Identity): boolean {
  return scopes.every((scope) => held.includes(scope));
}

function requireScopes(scopes: readonly string[], identity: Identity): void {
  if (holdsScopes(scopes, identity)) return;
  const reason = `needs scopes ${listNames(scopes)}; held ${listNames(identity.scopes)}`;
  throw new PatronusError('scope_denied', { scopes, reason });
}

function requireIssuer({ issuers }: IssuerRequirement, { issuer }: Identity): void {
  if (issuers.includes(issuer)) return;
  const reason = `accepts the issuers ${listNames(issuers)}; the token is of ${listNames([issuer])}`;
  throw new PatronusError('issuer_unknown', { reason });
}
