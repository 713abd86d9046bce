const ENTRY = /<a href="(\/dev\/mail\/[^"]+)">([^<]*)<\/a>\s*<p>to <bdi>([^<]*)<\/bdi>/g;
const TOKEN = /\?token=(pot_[\w-]+)/;
/** A reading that was under way when the mail was written may miss it; the next one does not. */
const READINGS = 3;

/** Subjects of the mails with a link. */
export const SUBJECTS = {
  verification: 'Confirm your email address',
  reset: 'Choose a new password',
};

/** The mails of the server, as `/dev/mail` shows them. */
export class Inbox {
  #reading;

  constructor(client) {
    Object.assign(this, { client, seen: new Set(), latest: new Map() });
  }

  /** Returns the token in the latest unread mail to an address. Undefined if there is none. */
  async take(address, kind) {
    const key = `${address} ${SUBJECTS[kind]}`;
    for (let readings = 0; readings < READINGS && !this.latest.has(key); readings += 1) {
      await this.read();
    }
    const path = this.latest.get(key);
    if (path === undefined) return undefined;
    const { body } = await this.client.get(path);
    this.latest.delete(key);
    return TOKEN.exec(body)?.[1];
  }

  /** Returns true if there is an unread mail to an address. */
  async has(address, kind) {
    await this.read();
    return this.latest.has(`${address} ${SUBJECTS[kind]}`);
  }

  /** Forgets a mail that another one follows. */
  discard(address, kind) {
    this.latest.delete(`${address} ${SUBJECTS[kind]}`);
  }

  read() {
    this.#reading ??= this.#list().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #list() {
    const { body } = await this.client.get('/dev/mail');
    for (const [, path, subject, address] of [...body.matchAll(ENTRY)].toReversed()) {
      if (this.seen.has(path)) continue;
      this.seen.add(path);
      this.latest.set(`${address} ${subject}`, path);
    }
  }
}
