import { isDeepStrictEqual } from 'node:util';
import { EVENT_TYPES } from '../../../../apps/auth-server/dist/events/catalogue.js';
import { changesIn, readChanges } from './changes.mjs';
import { EventLog } from './event-log.mjs';
import { keyringOf } from './keyring.mjs';
import { auditNumbers, auditOrder } from './numbers.audit.mjs';

/** Compares what changed with the events that tell of it, and looks at the numbers of the events. */
export class EventsAudit {
  log = new EventLog();
  people = new Map();
  /** The ids of events and announcements that the last audit saw: by now they have a number. */
  #seen = new Set();

  constructor(masterKeys, mails, ledger) {
    Object.assign(this, { masterKeys, mails, ledger });
  }

  async audit(database, people) {
    for (const person of people) this.people.set(person.address, person);
    const { events, sent } = await this.log.read(
      database,
      await keyringOf(database, this.masterKeys),
    );
    const counters = await database.query('select name, value::text from event_counters', []);
    const valueOf = (name) => Number(counters.find((row) => row.name === name)?.value ?? 0);
    const positions = await database.query(
      'select seq::text, event_id as id from audit_positions',
      [],
    );

    this.#changes(await readChanges(database), events);
    this.#contents(events);
    this.#announcements(events, sent);
    this.#same(
      'numbers of events',
      positions.map(({ id }) => id),
      numberedIds(events),
    );
    const find = (kind, what) => this.ledger.find(kind, what);
    const numbers = positions.map(({ seq }) => Number(seq));
    auditNumbers({ of: 'the audit log', numbers, counter: valueOf('audit') }, find);
    const places = sent.flatMap(({ seq }) => seq ?? []);
    auditNumbers({ of: 'the outbox', numbers: places, counter: valueOf('outbox') }, find);
    auditOrder({ of: 'the audit log', rows: events, seen: this.#seen }, find);
    const subjects = new Map(events.map(({ id, subject, xid }) => [id, { subject, xid }]));
    const announced = sent.map((row) => ({ ...row, ...subjects.get(row.id) }));
    auditOrder({ of: 'the outbox', rows: announced, seen: this.#seen }, find);
    this.#seen = new Set(events.map(({ id }) => id));
    this.ledger.events = events.length;
    this.ledger.audits += 5;
  }

  #changes(rows, events) {
    const mailsTo = (address) => this.mails.written(address, 'reset');
    const refusalsOf = (address) => this.people.get(address)?.refusals ?? 0;
    for (const { what, rows: expected, told } of changesIn(rows, events, { mailsTo, refusalsOf })) {
      this.#same(what, expected, told);
      this.ledger.audits += 1;
    }
  }

  /** Compares two lists of keys, each of which may be there several times. */
  #same(what, rows, told) {
    const expected = countsOf(rows);
    const found = countsOf(told);
    for (const key of new Set([...expected.keys(), ...found.keys()])) {
      const [most, count] = [expected.get(key) ?? 0, found.get(key) ?? 0];
      if (count < most) this.ledger.find('half', `${what} without an event: ${key}`);
      else if (most === 0) this.ledger.find('half', `${what} that only an event tells of: ${key}`);
      else if (count > most) this.ledger.find('doubled', `${what} with ${count} events: ${key}`);
    }
  }

  #contents(events) {
    for (const { id, action, isWhole } of events) {
      if (!isWhole) this.ledger.find('half', `${action} ${id} is not what it was committed to be`);
    }
    if (new Set(events.map(({ ord }) => ord)).size < events.length) {
      this.ledger.find('doubled', 'a place in the order of events');
    }
  }

  /** Each event that goes out is announced once, with the same contents. */
  #announcements(events, sent) {
    const goesOut = ({ action, outcome }) => EVENT_TYPES[action].goesOut && outcome === 'success';
    const out = events.filter(goesOut);
    this.#same(
      'announcements',
      out.map(({ id }) => id),
      sent.map(({ id }) => id),
    );
    const byId = new Map(sent.map((row) => [row.id, row]));
    for (const { id, ord, action: type, subject = null, ids: payload } of out) {
      const { seq: _seq, ...announced } = byId.get(id) ?? {};
      if (isDeepStrictEqual(announced, { id, ord, type, subject, payload })) continue;
      if (byId.has(id)) this.ledger.find('half', `the announcement ${id} of another ${type}`);
    }
  }
}

/** The id of an event for each of its numbers. */
function numberedIds(events) {
  return events.filter(({ seq }) => seq !== undefined).map(({ id }) => id);
}

function countsOf(keys) {
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
