import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';
import { PatronusError } from '../../errors/patronus.error.js';
import type { Credential } from '../../identity/credential.js';
import { withinDeadline } from '../../identity/deadline.js';
import { Identity } from '../../identity/identity.js';
import type { IdentityProvider } from '../../identity/identity-provider.js';
import { missing } from './harness-members.js';
import type { ProviderUnderTest } from './provider-harness.js';
import { assertNoToken } from './token-leak.js';

/** Result of a call, which must neither hang nor throw synchronously. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

const POLL_EVERY = 100;

/** Trial of one provider: makes the calls of a check, and judges the answers. */
export class Trial {
  /**
   * Starts a trial.
   *
   * @param deadline - the timeout of one answer, in milliseconds
   */
  constructor(
    readonly subject: ProviderUnderTest,
    readonly deadline: number,
  ) {}

  get provider(): IdentityProvider {
    return this.subject.provider;
  }

  async credential(name: 'good' | 'other' | 'expired' | 'forged' | 'foreign'): Promise<Credential> {
    if (name === 'good') return this.subject.good();
    return (await this.subject[name]?.()) ?? fail(missing(name));
  }

  /**
   * Returns the credentials of the harness: a provider may need different ones to detect an outage.
   */
  async credentials(): Promise<readonly Credential[]> {
    const { subject } = this;
    const made = await Promise.all([
      subject.good(),
      subject.other?.(),
      subject.expired?.(),
      subject.forged?.(),
      subject.foreign?.(),
    ]);
    return made.filter((credential) => credential !== undefined);
  }

  async turn(name: 'outage' | 'recover'): Promise<void> {
    if (this.subject[name] === undefined) throw missing(name);
    await this.subject[name]();
  }

  /** Returns the number of calls to the server. */
  calls(): number {
    return this.subject.calls?.() ?? fail(missing('calls'));
  }

  ask(credential: Credential): Promise<Outcome> {
    return this.outcomeOf('authenticate()', () => this.provider.authenticate(credential));
  }

  async outcomeOf(what: string, call: () => Promise<unknown>): Promise<Outcome> {
    let answer: unknown;
    try {
      answer = call();
    } catch (error) {
      assert.fail(
        `${what} throws synchronously: it must return a promise that rejects. ${say(error)}`,
      );
    }
    assert(types.isPromise(answer), `${what} returns no promise.`);
    try {
      return await withinDeadline(settled(answer), this.deadline);
    } catch {
      return assert.fail(
        `${what} gives no answer within ${this.deadline} ms: add a timeout to every wait.`,
      );
    }
  }

  /**
   * Requires that the credential is accepted.
   *
   * @returns the identity of the provider
   */
  async admit(credential: Credential): Promise<Identity> {
    const outcome = await this.ask(credential);
    if ('error' in outcome) assert.fail(`A good credential is refused. ${say(outcome.error)}`);
    assert(
      outcome.value instanceof Identity,
      'authenticate() returned something else: return a new Identity().',
    );
    return outcome.value;
  }

  /** Requires that the credential is refused as not valid. */
  async refuse(credential: Credential, what: string): Promise<void> {
    const error = await this.#errorOf(credential, what);
    const isRefusal = error.code.startsWith('token_') || error.code === 'issuer_unknown';
    assert(isRefusal, `${what} is answered with ${error.code}: throw PatronusError('token_…').`);
    assert.equal(error.getStatus(), 401, `${what} is answered with a status other than 401.`);
  }

  /** Requires that the credential is answered with an outage. */
  async unavailable(credential: Credential, what: string): Promise<void> {
    const error = await this.#errorOf(credential, what);
    assert.equal(
      error.code,
      'provider_unavailable',
      `${what}: throw PatronusError('provider_unavailable').`,
    );
    const { retryAfter } = error;
    const isTime = retryAfter !== undefined && Number.isFinite(retryAfter) && retryAfter > 0;
    assert(isTime, `${what}: provider_unavailable needs retryAfter, in seconds.`);
  }

  /** Polls until a condition holds, for at most the timeout. */
  async until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    const end = Date.now() + this.deadline;
    while (!(await holds())) {
      assert(Date.now() < end, `Not within ${this.deadline} ms: ${what}.`);
      await sleep(POLL_EVERY);
    }
  }

  async #errorOf(credential: Credential, what: string): Promise<PatronusError> {
    const outcome = await this.ask(credential);
    assert('error' in outcome, `${what} is accepted.`);
    const { error } = outcome;
    assertNoToken(error, credential.token, `The error for ${what}`);
    assert(error instanceof PatronusError, `${what}: throw a PatronusError. ${say(error)}`);
    return error;
  }
}

function settled(answer: Promise<unknown>): Promise<Outcome> {
  return answer.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/** Describes the error that was thrown instead, for the author of the provider. */
function say(error: unknown): string {
  const reason = error instanceof PatronusError ? ` (${error.code}, ${error.reason})` : '';
  return `It was ${String(error)}${reason}.`;
}

function fail(error: Error): never {
  throw error;
}
