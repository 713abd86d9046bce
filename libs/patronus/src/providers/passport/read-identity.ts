import { Identity } from '../../identity/identity.js';
import { isJsonObject } from '../../identity/json-object.js';
import type { PassportProfile } from './passport.options.js';
import type { PassportIdentityFields } from './to-identity.js';

/** How long an identity counts that does not say when it ends, in seconds. */
const BELIEVED_FOR = 60;

/** @throws an error where a mapping gave something that is neither an identity nor the fields of one */
export function readIdentity(answer: unknown, { name, issuer }: PassportProfile): Identity {
  const identity =
    answer instanceof Identity || !isFields(answer)
      ? answer
      : new Identity({
          ...answer,
          provider: answer.provider ?? name,
          issuer: answer.issuer ?? issuer,
          expiresAt: answer.expiresAt ?? Date.now() / 1000 + BELIEVED_FOR,
        });
  if (identity instanceof Identity && isWellFormed(identity)) return identity;
  throw new Error('toIdentity gave something that is no identity');
}

function isFields(answer: unknown): answer is PassportIdentityFields {
  return isJsonObject(answer) && isText(answer['id']);
}

function isWellFormed({ id, issuer, provider, expiresAt }: Identity): boolean {
  return isText(id) && isText(issuer) && isText(provider) && Number.isFinite(expiresAt);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
