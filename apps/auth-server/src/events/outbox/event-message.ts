import { createHash } from 'node:crypto';
import { isUuid } from '../../operation/database/database.js';
import { propertiesOf } from '../catalogue.js';
import type { AnnouncedEvent, OutboxPlace } from './event-outbox.js';

/** The first lines of a stream. A browser waits for so many milliseconds before it connects again. */
export const FIRST_LINES = 'retry: 1000\n\n';

/** A comment that shows that the stream is complete until now. */
export const HEARTBEAT = ': heartbeat\n\n';

/** Begins a catch-up from the beginning. */
export function resetMessage(place: OutboxPlace): string {
  return `event: reset\nid: ${cursorOf(place)}\ndata: {}\n\n`;
}

/** Ends a catch-up. */
export function readyMessage(place: OutboxPlace): string {
  return `event: ready\nid: ${cursorOf(place)}\ndata: {}\n\n`;
}

/**
 * Writes an event as a server-sent event (WHATWG HTML, section 9.2).
 *
 * @param place undefined for an event that has no number yet, which does not move the cursor of a receiver
 */
export function messageOf(event: AnnouncedEvent, place?: OutboxPlace): string {
  const id = place === undefined ? '' : `id: ${cursorOf(place)}\n`;
  return `${id}event: ${event.type}\ndata: ${JSON.stringify(contentOf(event))}\n\n`;
}

function contentOf({ id, type, at, subject, organisation, ids }: AnnouncedEvent): object {
  const rest = { id, type, at: at.toISOString() };
  const organization = organisation ?? null;
  const party = subject && { type: nameOf(subject.kind), id: subject.id };
  const name = propertiesOf(type)?.announcedSubject;
  const named = name === undefined ? undefined : ids[name];
  if (name === undefined || named === undefined) {
    return { ...rest, subject: party ?? null, organization, payload: ids };
  }
  const others = Object.fromEntries(Object.entries(ids).filter(([one]) => one !== name));
  const payload = { ...others, ...(party && { [party.type]: party.id }) };
  return { ...rest, subject: { type: name, id: named }, organization, payload };
}

/** Returns the name of a kind of party in the API, which is in American English. */
function nameOf(kind: string): string {
  return kind === 'organisation' ? 'organization' : kind;
}

/** The place of an outbox in which there is no event. No cursor of a receiver is equal to it. */
const NO_EVENT = 'none';

function cursorOf({ seq, id = NO_EVENT }: OutboxPlace): string {
  return `${seq}.${id}`;
}

const CURSOR = /^(?<seq>\d{1,15})\.(?<id>[\da-f-]{36})$/;

/** Reads the `Last-Event-ID` of a receiver. Undefined if no place can be meant. */
export function placeOf(cursor: string | undefined): OutboxPlace | undefined {
  const { seq, id } = CURSOR.exec(cursor ?? '')?.groups ?? {};
  if (seq === undefined || id === undefined || !isUuid(id)) return undefined;
  return { seq: Number(seq), id };
}

/**
 * Derives the id of an event that is told without its row in the outbox, from its type and its subject
 * (UUID version 8: RFC 9562, section 5.8). So a receiver recognises what it was told before.
 */
export function derivedEventId(type: string, subject: string): string {
  const bytes = createHash('sha256').update(`${type}\n${subject}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [0, 8, 12, 16, 20].map((at, index, all) => hex.slice(at, all[index + 1])).join('-');
}
