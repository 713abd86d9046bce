import type { Claims } from './identity.js';
import { member } from './json-object.js';

/** Caller that a credential identifies. */
export interface Subject {
  readonly id: string;
  /** True if a program calls on its own behalf (RFC 6749, section 4.4; RFC 9068, section 2.2). */
  readonly isService: boolean;
}

/**
 * Claims that only the login of a person leaves. A token with one of them and without a subject
 * identifies no caller.
 */
const LEFT_BY_A_LOGIN = ['sid', 'session_state', 'auth_time'] as const;

/** Returns a text that every encoding leaves unchanged, so that two subjects never become one. */
export function identifierOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > 255) return undefined;
  return /[\p{Cc}\p{Cs}]/u.test(value) ? undefined : value;
}

/**
 * Returns the subject of a token, or of an answer about one. A program's token without a subject
 * identifies its client: `client_id` (RFC 8693, section 4.3), or else `azp`.
 *
 * @param named the subject, if it is in a claim other than `sub`
 * @returns undefined if the claims name no subject, or one that is malformed
 */
export function subjectOf(
  claims: Claims,
  named: unknown = member(claims, 'sub'),
): Subject | undefined {
  const client = identifierOf(member(claims, 'client_id') ?? member(claims, 'azp'));
  if (named !== undefined && named !== null) {
    const id = identifierOf(named);
    return id === undefined ? undefined : { id, isService: id === client };
  }
  const isOfPerson = LEFT_BY_A_LOGIN.some((name) => (member(claims, name) ?? null) !== null);
  return client === undefined || isOfPerson ? undefined : { id: client, isService: true };
}
