import { createHmac, randomBytes } from 'node:crypto';
import { isSameText } from '../../authentication/dpop/same-text.js';
import { textOf } from '../../identity/claim-mapping.js';
import type { Claims } from '../../identity/identity.js';
import { isJsonObject, member } from '../../identity/json-object.js';

/** Nobody outside of this process knows it, so nobody else can write what this process believes. */
const KEY = randomBytes(32);
const SEALED = /^patronus-test-user~([\w-]+)~([\w-]{43})$/;

/** A user as a token carries them: no tenant stands in the claims until somebody names the claim. */
export interface SealedUser {
  readonly claims: Claims;
  readonly tenantId: string | undefined;
}

function sealOf(text: string): string {
  return createHmac('sha256', KEY).update(text).digest('base64url');
}

/**
 * A user as one text that counts in this process only: no JWT, and spelled in the alphabet of
 * RFC 6750, section 2.1.
 */
export function sealUser(user: SealedUser): string {
  const text = Buffer.from(JSON.stringify(user)).toString('base64url');
  return `patronus-test-user~${text}~${sealOf(text)}`;
}

/** Who was sealed in this process, or undefined. */
export function unsealUser(sealed: string): SealedUser | undefined {
  const [, text, seal] = SEALED.exec(sealed) ?? [];
  if (text === undefined || seal === undefined || !isSameText(sealOf(text), seal)) return undefined;
  const user: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
  if (!isJsonObject(user) || !isJsonObject(user['claims'])) return undefined;
  return { claims: user['claims'], tenantId: textOf(member(user, 'tenantId')) };
}
