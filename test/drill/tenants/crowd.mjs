import { Agent, request } from 'undici';

const agent = new Agent({ connections: 256, keepAliveTimeout: 2000 });
const MARK = /mark-(clinic-\d+)/g;

/** People of many clinics, who all ask at once, look at what comes back, and sometimes hang up. */
export class Crowd {
  seen = {
    requests: 0,
    answers: 0,
    rows: 0,
    refused: 0,
    failed: 0,
    cancelled: 0,
    exhausted: 0,
    lines: 0,
  };
  foreign = { rows: 0, 'cache entries': 0, 'log lines': 0, 'error texts': 0 };

  constructor(people) {
    this.people = people;
  }

  /** A line of the log, and whose work it was written for. */
  hear(tenant, text) {
    this.seen.lines += 1;
    if (text.includes('timeout exceeded when trying to connect')) this.seen.exhausted += 1;
    if (this.#shows(text, tenant)) this.foreign['log lines'] += 1;
  }

  async ask(url, count, workers, progress) {
    let left = count;
    const work = async () => {
      while (left-- > 0) {
        await this.#one(url);
        progress(count - left);
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
  }

  async #one(url) {
    const person = this.#anybody();
    const { method = 'GET', path, kind } = this.#errand(person);
    const hangUp =
      Math.random() < 0.02 ? AbortSignal.timeout(Math.ceil(Math.random() * 6)) : undefined;
    this.seen.requests += 1;
    try {
      const { statusCode, body } = await request(url + path, {
        method,
        dispatcher: agent,
        headers: { authorization: `Bearer ${person.token}`, ...person.headers },
        ...(hangUp && { signal: hangUp }),
      });
      this.#look(person, kind, statusCode, await body.text());
    } catch (error) {
      if (hangUp?.aborted) this.seen.cancelled += 1;
      else throw error;
    }
  }

  #errand({ tenant }) {
    const dice = Math.random();
    const victim = this.#anybody().tenant;
    if (dice < 0.35) return { path: '', kind: 'rows' };
    if (dice < 0.5) return { path: `/${tenant}-1`, kind: 'rows' };
    if (dice < 0.65) return { path: `/${victim}-2`, kind: 'rows' };
    if (dice < 0.75) return { path: `/${victim}-3`, method: 'POST', kind: 'rows' };
    if (dice < 0.88) return { path: '/cached', kind: 'cache entries' };
    return { path: '/answer', kind: 'cache entries' };
  }

  #look({ tenant }, kind, status, text) {
    this.seen.answers += 1;
    if (status === 403) this.seen.refused += 1;
    else if (status >= 500) this.seen.failed += 1;
    else this.seen.rows += text.match(MARK)?.length ?? 0;
    if (this.#shows(text, tenant)) this.foreign[status >= 400 ? 'error texts' : kind] += 1;
  }

  /**
   * Returns true if a text shows a mark of another tenant. A line of no tenant may show none at
   * all.
   */
  #shows(text, tenant) {
    return [...text.matchAll(MARK)].some(([, marked]) => tenant !== null && marked !== tenant);
  }

  #anybody() {
    return this.people[Math.floor(Math.random() * this.people.length)];
  }
}
