import { hashOpaqueToken } from '../../../../apps/auth-server/dist/operation/crypto/opaque-tokens.js';
import { SUBJECTS } from '../inbox.mjs';

const TOKEN = /\?token=(pot_[\w-]+)/;

/** The mails that wait, opened with the master key. */
export class MailsAudit {
  constructor(sealer, ledger) {
    Object.assign(this, { sealer, ledger });
    Object.assign(this, { opened: new Set(), counts: new Map(), hashes: new Set() });
  }

  /** Every mail that was promised is there, and every link that is good was mailed. */
  async audit(database, people) {
    const rows = await database.query('select id, sealed from mails', []);
    for (const { id, sealed } of rows) if (!this.opened.has(id)) this.#open(id, sealed);
    for (const person of people) {
      for (const [kind, subject] of Object.entries(SUBJECTS)) {
        const promised = person.mails[kind];
        const written = this.counts.get(`${person.address} ${subject}`) ?? 0;
        if (written >= promised) continue;
        const what = `${promised - written} mails "${subject}" to ${person.address}`;
        this.ledger.find('lost', what);
        person.mails[kind] = written;
      }
    }
    const links = await database.query(
      'select hash from one_time_tokens where account_id is not null',
      [],
    );
    for (const { hash } of links) {
      if (!this.hashes.has(hash)) this.ledger.find('half', `a link that nobody got: ${hash}`);
    }
  }

  #open(id, sealed) {
    this.opened.add(id);
    const { to, subject, text } = JSON.parse(this.sealer.open('mails', id, sealed));
    const key = `${to} ${subject}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    const token = TOKEN.exec(text)?.[1];
    if (token !== undefined) this.hashes.add(hashOpaqueToken(token));
  }
}
