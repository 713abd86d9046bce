import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  accountParty,
  EVENT_TYPES,
  type EventType,
  type PlatformEvent,
} from '../../../apps/auth-server/src/events/catalogue.js';

const subject = accountParty('ana');

/** Lines that compile, and lines that must not: `tsc` fails on a line that wrongly compiles. */
const EVENTS: readonly PlatformEvent[] = [
  { type: 'account.updated', subject, changes: { name: ['Ana', null] } },
  { type: 'session.ended', subject, ids: { session: 's' } },
  // @ts-expect-error a type that is not in the catalogue
  { type: 'account.renamed', subject },
  // @ts-expect-error the catalogue demands the id of the session
  { type: 'session.ended', subject },
  // @ts-expect-error an id that the type does not have
  { type: 'session.ended', subject, ids: { session: 's', token: 't' } },
  // @ts-expect-error a type without ids
  { type: 'account.updated', subject, ids: { session: 's' } },
  // @ts-expect-error an outcome that does not exist
  { type: 'account.updated', subject, outcome: 'maybe' },
  // @ts-expect-error a kind of party that does not exist
  { type: 'account.updated', subject: { kind: 'robot', id: 'r' } },
  // @ts-expect-error a change without its value before
  { type: 'account.updated', subject, changes: { name: ['Ana'] } },
];

const SOURCE = `${import.meta.dirname}/../../../apps/auth-server/src`;

describe('the catalogue of events', () => {
  it('types what rooms record', () => {
    expect(EVENTS).toHaveLength(9);
  });

  it('names events as `subject.past_participle`', () => {
    for (const type of Object.keys(EVENT_TYPES)) expect(type).toMatch(/^[a-z_]+\.[a-z_]+$/);
  });

  it('has the types of the design', () => {
    const expected: EventType[] = [
      'account.registered',
      'token.revoked',
      'resource_server.updated',
    ];
    expect(Object.keys(EVENT_TYPES)).toEqual(expect.arrayContaining(expected));
    expect(EVENT_TYPES['audit.sealed']).toMatchObject({ isAudited: false, goesOut: true });
    expect(EVENT_TYPES['sign_in.failed']).toMatchObject({ isAudited: true, goesOut: false });
  });

  it('is the only way to the tables: no other code writes to them', () => {
    const writers = globSync('**/*.ts', { cwd: SOURCE }).filter((file) => {
      const text = readFileSync(`${SOURCE}/${file}`, 'utf8');
      return /\binsert\((?:auditEvents|outbox)\)|insert into \$\{(?:auditEvents|outbox)\}/.test(
        text,
      );
    });
    expect(writers.toSorted()).toEqual([
      'events/audit/audit-trail.ts',
      'events/outbox/event-outbox.ts',
    ]);
  });
});
