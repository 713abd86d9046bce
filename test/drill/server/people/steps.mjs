import { newPassword } from './person.mjs';
import { Session } from './session.mjs';

/** Requests of people. Each step keeps `person.doing` until an answer arrives. */
export class Steps {
  constructor({ client, inbox, ledger, random }) {
    Object.assign(this, { client, inbox, ledger, random });
  }

  async register(person) {
    const { address: email, password } = person;
    const send = () => this.client.post('/api/v1/auth/register', { email, password });
    await this.#attempt(person, { kind: 'registration' }, [send], 202, () => {
      person.stage = 'registered';
      person.mails.verification += 1;
    });
  }

  async verify(person) {
    person.token ??= await this.inbox.take(person.address, 'verification');
    const { token } = person;
    if (token === undefined) {
      this.ledger.find('lost', `the mail of the registration of ${person.address}`);
      person.stage = 'new';
      return;
    }
    const send = () => this.client.post('/api/v1/auth/verify-email', { token });
    const sends = this.random() < 0.25 ? [send, send] : [send];
    await this.#attempt(person, { kind: 'verification' }, sends, 200, (done) => {
      if (done.length > 1) this.ledger.find('doubled', `the link of ${person.address}`);
      person.stage = 'confirmed';
      person.token = undefined;
    });
  }

  async logIn(person) {
    const { address: email, password } = person;
    const device = this.random() < 0.5 ? person.device : undefined;
    const send = () => this.client.post('/api/v1/auth/login', { email, password }, { device });
    await this.#attempt(person, { kind: 'login' }, [send], 200, ([{ body, device: given }]) => {
      person.sessions.push(new Session(body));
      person.device = given;
    });
  }

  async refresh(person) {
    const session = this.#one(person.sessions);
    const { refreshToken } = session;
    const send = () => this.client.post('/api/v1/auth/refresh', { refreshToken });
    const sends = this.random() < 0.3 ? [send, send] : [send];
    await this.#attempt(person, { kind: 'refresh', session }, sends, 200, (done) => {
      const successors = new Set(done.map(({ body }) => body.refreshToken));
      if (successors.size > 1) {
        this.ledger.find('doubled', `the refresh token of ${person.address}: two successors`);
      }
      session.advance(done[0].body);
    });
  }

  async logOut(person) {
    const session = this.#one(person.sessions);
    const send = () => this.client.post('/api/v1/auth/logout', {}, session);
    await this.#attempt(person, { kind: 'logout', session }, [send], 204, () =>
      person.end([session]),
    );
  }

  async forget(person) {
    this.inbox.discard(person.address, 'reset');
    const { address: email } = person;
    const send = () => this.client.post('/api/v1/auth/forgot-password', { email });
    await this.#attempt(person, { kind: 'reset request' }, [send], 202, () => {
      person.stage = 'resetting';
      person.mails.reset += 1;
    });
  }

  async reset(person) {
    person.token ??= await this.inbox.take(person.address, 'reset');
    const { token } = person;
    if (token === undefined) {
      this.ledger.find('lost', `the mail of the reset of ${person.address}`);
      person.stage = 'confirmed';
      return;
    }
    const passwords = this.random() < 0.25 ? [newPassword(), newPassword()] : [newPassword()];
    const sends = passwords.map(
      (password) => () =>
        this.client.post('/api/v1/auth/reset-password', { token, password }).then((answer) => ({
          ...answer,
          password,
        })),
    );
    await this.#attempt(person, { kind: 'reset', passwords }, sends, 204, (done) => {
      if (done.length > 1) this.ledger.find('doubled', `the reset link of ${person.address}`);
      person.hasPassword(done[0].password);
    });
  }

  /** @throws {NoAnswer} if it is not known whether it was carried out */
  async #attempt(person, doing, sends, expected, acknowledge) {
    person.doing = doing;
    const outcomes = await Promise.allSettled(sends.map((send) => send()));
    const answers = outcomes.flatMap(({ value }) => value ?? []);
    const failure = outcomes.find(({ status }) => status === 'rejected');
    const done = answers.filter(({ status }) => status === expected);
    if (done.length > 0) {
      this.ledger.acknowledged[doing.kind] += 1;
      acknowledge(done);
    } else if (failure !== undefined) {
      this.ledger.interrupted[doing.kind] += 1;
      throw failure.reason;
    } else {
      const statuses = answers.map(({ status, body }) => `${status} ${body.code ?? ''}`).join(', ');
      this.ledger.find('unexpected', `${doing.kind} of ${person.address}: ${statuses}`);
    }
    person.doing = undefined;
    if (failure !== undefined) throw failure.reason;
  }

  #one(sessions) {
    return sessions[Math.floor(this.random() * sessions.length)];
  }
}
