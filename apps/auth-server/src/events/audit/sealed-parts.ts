import {
  createCipheriv,
  createDecipheriv,
  createHash,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/** The parts of an event that are encrypted: what is known of the actor's device, and what happened to the subject. */
export type EventPart = 'actor' | 'subject';

/**
 * Encrypts a part of an event with AES-256-GCM: 12 bytes of nonce, 16 bytes of tag, and the text. It opens for
 * this event and part only.
 */
export function sealPart(key: KeyObject, part: EventPart, eventId: string, value: object): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associatedData(part, eventId));
  const text = JSON.stringify(value);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @throws if the key is another one, or the part belongs to another event or was changed */
export function openPart(
  key: KeyObject,
  part: EventPart,
  eventId: string,
  sealed: Uint8Array,
): unknown {
  const bytes = Buffer.from(sealed);
  const options = { authTagLength: TAG };
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), options);
  cipher.setAAD(associatedData(part, eventId));
  cipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  const text = Buffer.concat([cipher.update(bytes.subarray(NONCE + TAG)), cipher.final()]);
  return JSON.parse(text.toString('utf8'));
}

function associatedData(part: EventPart, eventId: string): Buffer {
  return Buffer.from(`patronus:audit:${part}:v1:${eventId}`);
}

/** The schema of events, of their sealed parts and of their commitments. */
export const EVENT_VERSION = 1;

/** The members of an event that its commitment covers. */
export interface CommittedHeader {
  readonly id: string;
  readonly retention: number;
  readonly action: string;
  readonly outcome: string;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly organisation: string | null;
  readonly requestId: string | null;
  readonly decisionId: string | null;
  readonly sealedActor: Uint8Array | null;
  readonly sealedSubject: Uint8Array | null;
}

const LABEL = 'patronus:audit-event:v1';
/** The length that stands for null. */
const NULL = 0xffffffff;

/**
 * Returns the digest of an event without its time. It is the SHA-256 of twelve fields in this order: the label
 * `patronus:audit-event:v1`, id, retention, action, outcome, actor, subject, organisation, request id, decision
 * id, sealed actor, sealed subject. A field is its length in bytes as 4 bytes, most significant first, and its
 * bytes. Texts are UTF-8, ids are in lower case, numbers are decimal. Null is the length 0xffffffff alone.
 */
export function digestOf(header: CommittedHeader): Buffer {
  const hash = createHash('sha256');
  const fields = [
    LABEL,
    header.id,
    String(header.retention),
    header.action,
    header.outcome,
    header.actor,
    header.subject,
    header.organisation,
    header.requestId,
    header.decisionId,
    header.sealedActor,
    header.sealedSubject,
  ];
  for (const field of fields) {
    const bytes = field === null ? undefined : Buffer.from(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes?.length ?? NULL);
    hash.update(length);
    if (bytes !== undefined) hash.update(bytes);
  }
  return hash.digest();
}

/**
 * Returns the commitment of an event: the SHA-256 of its digest and of its time. The time is the microseconds
 * since 1970-01-01T00:00:00Z as 8 bytes, most significant first. The database computes the same when it writes
 * the row, because the time is its own.
 */
export function commitmentOf(digest: Uint8Array, microseconds: bigint): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(microseconds);
  return createHash('sha256').update(digest).update(time).digest();
}
