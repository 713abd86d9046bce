import { PatronusError } from '../../errors/patronus.error.js';
import type { IdentityFields } from '../../identity/identity.js';
import { type Faulty, GOOD, SessionProvider } from './session-provider.fixture.js';

type Told = Parameters<SessionProvider['tell']>[0];

async function rejects(reason: unknown): Promise<never> {
  throw reason;
}

/**
 * Providers with a fault in outages, in the handling of many requests at once, or in their events.
 */
export const FAULTY_OUTAGES: readonly Faulty[] = [
  [
    'calls an outage a bad token',
    'reports that it is unavailable in an outage',
    /throw PatronusError\('provider_unavailable'\)/,
    class extends SessionProvider {
      override unavailable = () => new PatronusError('token_invalid');
    },
  ],
  [
    'gives no retryAfter',
    'reports that it is unavailable in an outage',
    /needs retryAfter/,
    class extends SessionProvider {
      override unavailable = () => new PatronusError('provider_unavailable');
    },
  ],
  [
    'accepts every token during an outage',
    'accepts no forged credential because of an outage',
    /accepted during an outage/,
    class extends SessionProvider {
      override lookUp = async (token: string) => (this.down ? 'ana' : super.lookUp(token));
    },
  ],
  [
    'never comes back',
    'reports that it is unavailable in an outage',
    /a good credential is accepted again/,
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
    'calls the server for each request',
    'calls the server only a few times',
    /1000 requests made 1000 calls/,
    class extends SessionProvider {
      override lookUp = (token: string) => this.askServer(token);
    },
  ],
  [
    'throws at once when it warms up',
    'warms up, or reports why not',
    /warmUp\(\) throws synchronously/,
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
    /rejects with something that is not an Error/,
    class extends SessionProvider {
      override warmUp = () => (this.down ? rejects('down') : Promise.resolve());
    },
  ],
  [
    'reports no outage',
    'reports an outage once',
    /provider_unavailable is reported/,
    class extends SessionProvider {
      override tell = () => {};
    },
  ],
  [
    'reports an outage with each request',
    'reports an outage once',
    /An outage is reported once/,
    class extends SessionProvider {
      override tell(type: Told) {
        for (let times = 0; times < 2; times += 1) super.tell(type);
      }
    },
  ],
  [
    'reports an unknown event',
    'reports nothing without an outage',
    /is not an event of a provider/,
    class extends SessionProvider {
      override refusal(token: string) {
        this.say({ type: 'token_refused', provider: this.name });
        return super.refusal(token);
      }
    },
  ],
  [
    'shows the token in an event',
    'reports nothing without an outage',
    /An event shows the token/,
    class extends SessionProvider {
      override identityOf(one: IdentityFields) {
        this.say({ type: 'provider_recovered', provider: this.name, issuer: `for ${GOOD}` });
        return super.identityOf(one);
      }
    },
  ],
  [
    'goes on calling a listener that was removed',
    'reports nothing without an outage',
    /does not remove the listener/,
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
