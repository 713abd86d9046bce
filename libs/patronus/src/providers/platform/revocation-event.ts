import { isJsonObject, member } from '../../identity/json-object.js';
import { isRevocation } from '../../revocation/check-revocation.js';
import type { Revocation } from '../../revocation/revocation.js';

/** Events that revoke credentials, with the type of their subject and the member that names it. */
const SELECTED = {
  'session.ended': { subject: 'session', member: 'session' },
  'token.revoked': { subject: 'token', member: 'token' },
} as const;

/** Announcement of the platform that a session or a token has ended. */
export interface Announcement {
  readonly revocation: Revocation;
  /** Time in milliseconds since the epoch, by the clock of the platform, if it names one. */
  readonly at: number | undefined;
}

/** Returns true if events of that type revoke credentials. */
export function isAnnouncement(type: string): type is keyof typeof SELECTED {
  return Object.hasOwn(SELECTED, type);
}

/**
 * Reads the data of an event. Undefined if they name no session or token: there is nothing that
 * could be revoked but every credential.
 *
 * @param issuer of the identities that the platform revokes
 */
export function readAnnouncement(
  type: keyof typeof SELECTED,
  data: string,
  issuer: string,
): Announcement | undefined {
  const event = parse(data);
  const subject = isJsonObject(event) ? member(event, 'subject') : undefined;
  if (!isJsonObject(event) || !isJsonObject(subject)) return undefined;
  const selected = SELECTED[type];
  if (member(subject, 'type') !== selected.subject) return undefined;
  const revocation = { [selected.member]: member(subject, 'id'), issuer };
  if (!isRevocation(revocation)) return undefined;
  const at = member(event, 'at');
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return { revocation: Object.freeze(revocation), at: Number.isNaN(time) ? undefined : time };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
