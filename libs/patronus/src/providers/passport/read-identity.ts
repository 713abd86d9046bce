import { isPlain } from '../../identity/deep-freeze.js';
import { type Claims, Identity } from '../../identity/identity.js';
import { isJsonObject } from '../../identity/json-object.js';
import { checkFields } from '../../identity/mapped-fields.js';
import type { PassportProfile } from './passport.options.js';
import type { PassportIdentityFields } from './to-identity.js';

/** Seconds for which an identity without `expiresAt` is valid. */
const BELIEVED_FOR = 60;

/**
 * Reads the identity of a user.
 *
 * @param user - the user of the strategy, which is also the claims if `toIdentity` returns none
 * @throws {Error} if the result is not an identity, or a field of it is not valid; names the field
 */
export function readIdentity(
  answer: unknown,
  user: unknown,
  { name, issuer }: PassportProfile,
): Identity {
  if (answer instanceof Identity) return requireWellFormed(answer);
  if (!isFields(answer)) throw new Error('toIdentity returned no object with an id');
  checkFields('passport.toIdentity', answer);
  const fields = {
    ...answer,
    provider: answer.provider ?? name,
    issuer: answer.issuer ?? issuer,
    expiresAt: answer.expiresAt ?? Date.now() / 1000 + BELIEVED_FOR,
    claims: jsonOf(answer.claims) ?? answer.claims ?? jsonOf(user),
  };
  return requireWellFormed(new Identity(fields));
}

function isFields(answer: unknown): answer is PassportIdentityFields {
  return isJsonObject(answer) && 'id' in answer;
}

function requireWellFormed(identity: Identity): Identity {
  for (const field of ['id', 'issuer', 'provider'] as const) {
    const value: unknown = identity[field];
    if (typeof value !== 'string' || value === '') {
      throw new Error(
        `toIdentity returned an ${field} that is not text: write String(user.${field})`,
      );
    }
  }
  if (!Number.isFinite(identity.expiresAt))
    throw new Error('toIdentity returned an expiresAt that is not a time');
  return identity;
}

/**
 * Copies a JSON object, because claims are frozen. Undefined for anything else, such as an entity.
 */
function jsonOf(value: unknown): Claims | undefined {
  return isJsonObject(value) && isJson(value, new Set()) ? structuredClone(value) : undefined;
}

function isJson(value: unknown, around: ReadonlySet<unknown>): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return ['string', 'boolean', 'undefined'].includes(typeof value);
  if (value === null) return true;
  if (!isPlain(value) || around.has(value)) return false;
  const within = new Set(around).add(value);
  const members: readonly unknown[] = Object.values(value);
  return members.every((member) => isJson(member, within));
}
