import { hashOpaqueToken } from '../../../../apps/auth-server/dist/operation/crypto/opaque-tokens.js';
import { SUBJECTS } from '../inbox.mjs';
import { keyringOf } from './keyring.mjs';

const TOKEN = /\?token=(pot_[\w-]+)/;

/** The mails that wait, opened with the master key. */
export class MailsAudit {
  constructor(masterKeys, ledger) {
    Object.assign(this, { masterKeys, ledger });
    Object.assign(this, { opened: new Set(), counts: new Map(), hashes: new Set() });
  }

  /** Every mail that was promised is there, and every link that is good was mailed. */
  async audit(database, people) {
    const rows = await database.query('select id, sealed from mails', []);
    const keyring = await keyringOf(database, this.masterKeys);
    for (const { id, sealed } of rows) {
      if (!this.opened.has(id)) this.#open(id, keyring.open('mails', id, sealed));
    }
    for (const person of people) {
      for (const [kind, subject] of Object.entries(SUBJECTS)) {
        const promised = person.mails[kind];
        const written = this.written(person.address, kind);
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

  /** Returns how many mails of a kind were written to an address, as far as this has read them. */
  written(address, kind) {
    return this.counts.get(`${address} ${SUBJECTS[kind]}`) ?? 0;
  }

  #open(id, mail) {
    this.opened.add(id);
    const { to, subject, text } = JSON.parse(mail);
    const key = `${to} ${subject}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    const token = TOKEN.exec(text)?.[1];
    if (token !== undefined) this.hashes.add(hashOpaqueToken(token));
  }
}
