import { createHmac, randomBytes } from 'node:crypto';
import { isSameText } from '../../authentication/dpop/same-text.js';
import { textOf } from '../../identity/claim-mapping.js';
import type { Claims } from '../../identity/identity.js';
import { isJsonObject, member } from '../../identity/json-object.js';

/**
 * Random key that is known in this process only, so that other processes cannot create valid texts.
 */
const KEY = randomBytes(32);
const SEALED = /^patronus-test-user~([\w-]+)~([\w-]{43})$/;

/** User as a token holds it. The claims hold no tenant until the name of the claim is known. */
export interface SealedUser {
  readonly claims: Claims;
  readonly tenantId: string | undefined;
}

function sealOf(text: string): string {
  return createHmac('sha256', KEY).update(text).digest('base64url');
}

/**
 * Seals a user as a text that is valid in this process only. It is not a JWT, and uses the alphabet
 * of RFC 6750, section 2.1.
 */
export function sealUser(user: SealedUser): string {
  const text = Buffer.from(JSON.stringify(user)).toString('base64url');
  return `patronus-test-user~${text}~${sealOf(text)}`;
}

/** Returns the user that was sealed in this process, or undefined. */
export function unsealUser(sealed: string): SealedUser | undefined {
  const [, text, seal] = SEALED.exec(sealed) ?? [];
  if (text === undefined || seal === undefined || !isSameText(sealOf(text), seal)) return undefined;
  const user: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
  if (!isJsonObject(user) || !isJsonObject(user['claims'])) return undefined;
  return { claims: user['claims'], tenantId: textOf(member(user, 'tenantId')) };
}
