import { NoAnswer } from '../client.mjs';
import { Person } from './person.mjs';

const MOST_SESSIONS = 3;
const GO_HOME = 0.05;

/** Many people, each of whom has one thing under way at a time. */
export class Crowd {
  /** People that are active now. */
  people = [];
  /** People that have left: acknowledged actions of theirs still count. */
  gone = [];

  constructor(steps, size, random) {
    this.steps = steps;
    this.random = random;
    this.people = Array.from({ length: size }, () => new Person());
  }

  /** Until the server dies. The people who were there in that time. */
  async runUntilKilled() {
    const before = this.gone.length;
    await Promise.all(this.people.map((_, place) => this.#occupy(place)));
    return [...this.people, ...this.gone.slice(before)];
  }

  /** Completes all registrations that are in progress. */
  async finish() {
    await Promise.all(
      this.people.map(async (person) => {
        for (let steps = 0; steps < 10 && person.sessions.length === 0; steps += 1) {
          await this.#step(person);
        }
        if (person.sessions.length === 0) {
          this.steps.ledger.find('half', `${person.address} cannot get in`);
        }
      }),
    );
  }

  async #occupy(place) {
    try {
      for (;;) {
        const person = this.people[place];
        await this.#step(person);
        if (person.sessions.length > 0 && this.random() < GO_HOME) {
          this.gone.push(person);
          this.people[place] = new Person();
        }
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }

  #step(person) {
    const { steps } = this;
    if (person.stage === 'new') return steps.register(person);
    if (person.stage === 'registered') return steps.verify(person);
    if (person.stage === 'resetting') return steps.reset(person);
    if (person.sessions.length === 0) return steps.logIn(person);
    const wish = this.random();
    if (wish < 0.45) return steps.refresh(person);
    if (wish < 0.65) return steps.forget(person);
    if (wish < 0.8) return steps.logOut(person);
    return person.sessions.length < MOST_SESSIONS ? steps.logIn(person) : steps.refresh(person);
  }
}
