import { PatronusError } from '../../errors/patronus.error.js';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { type Faulty, GOOD, SessionProvider } from './session-provider.fixture.js';

/** Providers with a fault in their answers to good or bad credentials. */
export const FAULTY_ANSWERS: readonly Faulty[] = [
  [
    'has no name',
    'has a name',
    /name is not text/,
    class extends SessionProvider {
      override readonly name = '';
    },
  ],
  [
    'declares a scheme that its good credentials are not of',
    'accepts a scheme that it declares',
    /schemes lacks bearer/,
    class extends SessionProvider {
      override readonly schemes = ['api-key'] as const;
    },
  ],
  [
    'gives something other than an Identity',
    'returns a frozen Identity',
    /returned something else/,
    class extends SessionProvider {
      override identityOf = (fields: IdentityFields) => JSON.parse(JSON.stringify(fields));
    },
  ],
  [
    'names another provider',
    'returns a frozen Identity',
    /not the provider's name/,
    class extends SessionProvider {
      override identityOf = (one: IdentityFields) => new Identity({ ...one, provider: 'other' });
    },
  ],
  [
    'names an issuer that it does not declare',
    'returns a frozen Identity',
    /not one of the issuers/,
    class extends SessionProvider {
      override readonly issuers = ['https://other.example'];
    },
  ],
  [
    'gives milliseconds',
    'states the expiry of the credential',
    /in milliseconds/,
    class extends SessionProvider {
      override identityOf = (one: IdentityFields) =>
        new Identity({ ...one, expiresAt: Date.now() + 60_000 });
    },
  ],
  [
    'gives an expiry that has passed',
    'states the expiry of the credential',
    /has passed/,
    class extends SessionProvider {
      override identityOf = (one: IdentityFields) => new Identity({ ...one, expiresAt: 1 });
    },
  ],
  [
    'gives no finite expiry',
    'states the expiry of the credential',
    /not a finite number/,
    class extends SessionProvider {
      override identityOf = (one: IdentityFields) =>
        new Identity({ ...one, expiresAt: Number.POSITIVE_INFINITY });
    },
  ],
  [
    'makes up something each time',
    'returns equal identities',
    /gives two identities/,
    class extends SessionProvider {
      #count = 0;
      override identityOf = (one: IdentityFields) =>
        new Identity({ ...one, sessionId: String((this.#count += 1)) });
    },
  ],
  [
    'answers with the last caller',
    'keeps two concurrent callers apart',
    /the identity of another/,
    class extends SessionProvider {
      #last = '';
      override async lookUp(token: string) {
        this.#last = token;
        await Promise.resolve();
        return super.lookUp(this.#last);
      }
    },
  ],
  [
    'accepts every token',
    'refuses a credential that was not issued',
    /is accepted/,
    class extends SessionProvider {
      override askServer = async () => 'ana';
    },
  ],
  [
    'forgets the letter case',
    'with one character changed',
    /another character at \d+ is accepted/,
    class extends SessionProvider {
      override askServer = (token: string) => super.askServer(token.toLowerCase());
    },
  ],
  [
    'trims what it gets',
    'with something before or after',
    /is accepted/,
    class extends SessionProvider {
      override askServer = (token: string) => super.askServer(token.trim());
    },
  ],
  [
    'compares the beginning only',
    'with something before or after',
    /is accepted/,
    class extends SessionProvider {
      override askServer = (token: string) => super.askServer(token.slice(0, GOOD.length));
    },
  ],
  [
    'throws at once',
    'refuses an empty token',
    /throws synchronously/,
    class extends SessionProvider {
      override authenticate(credential: Parameters<SessionProvider['authenticate']>[0]) {
        if (credential.token === '') throw new PatronusError('token_malformed');
        return super.authenticate(credential);
      }
    },
  ],
  [
    'calls a bad token an outage',
    'refuses a blank token',
    /answered with provider_unavailable/,
    class extends SessionProvider {
      override refusal = () => new PatronusError('provider_unavailable', { retryAfter: 1 });
    },
  ],
  [
    'throws an error of its own',
    'refuses a credential that was not issued',
    /throw a PatronusError\. It was Error: no/,
    class extends SessionProvider {
      override refusal = () => new Error('no');
    },
  ],
  [
    'shows the token in the reason',
    'refuses a credential that was not issued',
    /shows the token/,
    class extends SessionProvider {
      override refusal = (token: string) => new PatronusError('token_invalid', { reason: token });
    },
  ],
  [
    'shows the token in the cause of the cause',
    'refuses a credential that was not issued',
    /shows the token/,
    class extends SessionProvider {
      override refusal(token: string) {
        const cause = new Error('deep', { cause: { request: { headers: [`Bearer ${token}`] } } });
        return new PatronusError('token_invalid', { cause });
      }
    },
  ],
  [
    'never answers',
    'returns a frozen Identity',
    /gives no answer within/,
    class extends SessionProvider {
      override askServer = () => new Promise<never>(() => {});
    },
  ],
];
