import {
  commitmentOf,
  digestOf,
  openPart,
} from '../../../../apps/auth-server/dist/events/audit/sealed-parts.js';

const EVENTS = `
  select e.id, e.ord::text, e.xid::text, e.action, e.outcome, e.actor, e.subject, p.seq::text
  from audit_events e left join audit_positions p
    on p.retention = e.retention and p.event_at = e.at and p.event_id = e.id
  order by e.ord`;
const SENT = `
  select id, ord::text, type, subject_kind || ':' || subject as subject, payload, seq::text from outbox`;
const SEALED = `
  select id, retention, action, outcome, actor, subject, organisation, request_id as "requestId",
    decision_id as "decisionId", sealed_actor as "sealedActor", sealed_subject as "sealedSubject",
    commitment, ((extract(epoch from at) * 1000000)::bigint)::text as micros
  from audit_events where ord > $1`;

/** Reads the audit log and the outbox, with names in place of pseudonyms, and opens the parts of events. */
export class EventLog {
  names = new Map();
  keys = new Map();
  parts = new Map();
  /** Events up to this place in the order are opened. */
  #opened = 0;

  /** @returns the events in the order of writing, and the rows of the outbox */
  async read(database, keyring) {
    await this.#readSubjects(database, keyring);
    const rows = await database.query(EVENTS, []);
    await this.#open(database);
    const events = rows.map(({ actor, subject, ...row }) => ({
      ...numbered(row),
      actor: this.names.get(actor),
      subject: this.names.get(subject),
      ...this.parts.get(row.id),
    }));
    this.#opened = events.at(-1)?.ord ?? 0;
    return { events, sent: (await database.query(SENT, [])).map(numbered) };
  }

  async #readSubjects(database, keyring) {
    const columns = 'pseudonym, kind, subject_id, wrapped_key';
    for (const row of await database.query(`select ${columns} from audit_subjects`, [])) {
      const { pseudonym, kind, subject_id: id, wrapped_key: wrapped } = row;
      if (this.names.has(pseudonym)) continue;
      this.names.set(pseudonym, `${kind}:${id}`);
      const key = Buffer.from(keyring.open('audit-subjects', pseudonym, wrapped), 'base64');
      this.keys.set(pseudonym, key);
    }
  }

  /** Opens the subject's part of new events, and compares their commitments with their contents. */
  async #open(database) {
    const platform = [...this.names].find(([, name]) => name === 'service:patronus')?.[0];
    for (const row of await database.query(SEALED, [this.#opened])) {
      const { id, actor, subject, organisation, sealedSubject, commitment, micros } = row;
      const key = this.keys.get(subject ?? organisation ?? actor ?? platform);
      const part = sealedSubject === null ? {} : openPart(key, 'subject', id, sealedSubject);
      const isWhole = commitmentOf(digestOf(row), BigInt(micros)).equals(Buffer.from(commitment));
      this.parts.set(id, { ids: {}, details: {}, ...part, isWhole });
    }
  }
}

function numbered({ ord, seq, ...row }) {
  return { ...row, ord: Number(ord), seq: seq === null ? undefined : Number(seq) };
}
