import { auditChain } from './chain.audit.mjs';
import { resume } from './resume.mjs';

const MOST_SESSIONS = 2;
const ENDED_LOOKED_AT = 2;

/** Asks the server, which has started again, for what it promised one person. */
export async function auditPerson(person, steps) {
  const audit = new PersonAudit(person, steps);
  await resume(person, steps, audit);
  if (person.stage === 'new' || person.stage === 'registered') return;
  await audit.ended();
  await audit.living();
  await audit.password();
  await auditChain(person, steps, audit);
  while (person.sessions.length > MOST_SESSIONS) await steps.logOut(person);
}

class PersonAudit {
  constructor(person, { client, ledger }) {
    Object.assign(this, { person, client, ledger });
  }

  /** Checks that ended sessions stay so: neither of their tokens is accepted. */
  async ended() {
    for (const session of this.person.ended.slice(-ENDED_LOOKED_AT)) await this.isOver(session);
  }

  async isOver({ accessToken, refreshToken }) {
    const { address } = this.person;
    await this.expect(
      'lost',
      `the end of a session of ${address}: its access token counts`,
      401,
      () => this.client.get('/api/v1/me', accessToken),
    );
    await this.expect(
      'lost',
      `the end of a session of ${address}: its refresh token counts`,
      401,
      () => this.refresh(refreshToken),
    );
  }

  async living() {
    for (const { accessToken } of this.person.sessions) {
      await this.expect('lost', `a session of ${this.person.address}`, 200, () =>
        this.client.get('/api/v1/me', accessToken),
      );
    }
  }

  async password() {
    const { address, formerPassword, password } = this.person;
    if (formerPassword !== undefined) {
      await this.expect('lost', `the new password of ${address}: the former one counts`, 401, () =>
        this.logIn(formerPassword),
      );
    }
    await this.expect('lost', `the password of ${address}`, 200, () => this.logIn(password));
  }

  async logIn(password) {
    const { person } = this;
    const answer = await this.client.post('/api/v1/auth/login', {
      email: person.address,
      password,
    });
    if (answer.status === 401) person.refusals += 1;
    return answer;
  }

  refresh(refreshToken) {
    return this.client.post('/api/v1/auth/refresh', { refreshToken });
  }

  /** The answer, where it is the expected one; otherwise undefined, and a finding. */
  async expect(kind, what, status, ask) {
    const answer = await ask();
    this.ledger.audits += 1;
    if (answer.status === status) return answer;
    const isOdd = ![200, 202, 204, 401, 410].includes(answer.status);
    this.ledger.find(isOdd ? 'unexpected' : kind, `${what} (${answer.status})`);
    return undefined;
  }
}
