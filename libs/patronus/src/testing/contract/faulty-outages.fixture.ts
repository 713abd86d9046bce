import { PatronusError } from '../../errors/patronus.error.js';
import type { IdentityFields } from '../../identity/identity.js';
import { type Faulty, GOOD, SessionProvider } from './session-provider.fixture.js';

type Told = Parameters<SessionProvider['tell']>[0];

async function rejects(reason: unknown): Promise<never> {
  throw reason;
}

/** Providers that are wrong about outages, about many requests at once, or in what they tell. */
export const FAULTY_OUTAGES: readonly Faulty[] = [
  [
    'calls an outage a bad token',
    'says that it is unavailable in an outage',
    /nobody can say/,
    class extends SessionProvider {
      override unavailable = () => new PatronusError('token_invalid');
    },
  ],
  [
    'does not say when to come back',
    'says that it is unavailable in an outage',
    /needs retryAfter/,
    class extends SessionProvider {
      override unavailable = () => new PatronusError('provider_unavailable');
    },
  ],
  [
    'lets everybody in during an outage',
    'lets no forged credential in because of an outage',
    /let in during an outage/,
    class extends SessionProvider {
      override lookUp = async (token: string) => (this.down ? 'ana' : super.lookUp(token));
    },
  ],
  [
    'never comes back',
    'says that it is unavailable in an outage',
    /a good credential is let in again/,
    class extends SessionProvider {
      #broken = false;
      override async askServer(token: string) {
        this.#broken ||= this.down;
        if (this.#broken) throw this.unavailable();
        return super.askServer(token);
      }
    },
  ],
  [
    'asks for each request',
    'asks the server a few times',
    /1000 requests asked 1000 times/,
    class extends SessionProvider {
      override lookUp = (token: string) => this.askServer(token);
    },
  ],
  [
    'throws at once when it warms up',
    'warms up, or says why not',
    /warmUp\(\) throws at once/,
    class extends SessionProvider {
      override warmUp(): never {
        throw new Error('no');
      }
    },
  ],
  [
    'hangs when it warms up in an outage',
    'does not hang or throw when it warms up',
    /warmUp\(\) gives no answer/,
    class extends SessionProvider {
      override warmUp = () => (this.down ? new Promise<never>(() => {}) : Promise.resolve());
    },
  ],
  [
    'rejects with no Error when it warms up in an outage',
    'does not hang or throw when it warms up',
    /rejects with no Error/,
    class extends SessionProvider {
      override warmUp = () => (this.down ? rejects('down') : Promise.resolve());
    },
  ],
  [
    'tells nothing of an outage',
    'tells an outage once',
    /provider_unavailable is told/,
    class extends SessionProvider {
      override tell = () => {};
    },
  ],
  [
    'tells an outage with each request',
    'tells an outage once',
    /An outage is told once/,
    class extends SessionProvider {
      override tell(type: Told) {
        for (let times = 0; times < 2; times += 1) super.tell(type);
      }
    },
  ],
  [
    'tells of an event that there is not',
    'tells of nothing where nothing happens',
    /is no event that a provider tells/,
    class extends SessionProvider {
      override refusal(token: string) {
        this.say({ type: 'token_refused', provider: this.name });
        return super.refusal(token);
      }
    },
  ],
  [
    'shows the token in an event',
    'tells of nothing where nothing happens',
    /An event shows the token/,
    class extends SessionProvider {
      override identityOf(one: IdentityFields) {
        this.say({ type: 'provider_recovered', provider: this.name, issuer: `for ${GOOD}` });
        return super.identityOf(one);
      }
    },
  ],
  [
    'goes on telling those who have stopped listening',
    'tells of nothing where nothing happens',
    /does not end it/,
    class extends SessionProvider {
      override observe(listener: Parameters<SessionProvider['observe']>[0]) {
        super.observe(listener);
        return () => {};
      }
      override refusal(token: string) {
        super.tell('provider_recovered');
        return super.refusal(token);
      }
    },
  ],
];
