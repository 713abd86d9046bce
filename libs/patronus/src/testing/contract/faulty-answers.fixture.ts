import { PatronusError } from '../../errors/patronus.error.js';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { type Faulty, GOOD, SessionProvider } from './session-provider.fixture.js';

/** Providers that are wrong about good credentials, or about bad ones. */
export const FAULTY_ANSWERS: readonly Faulty[] = [
  [
    'has no name',
    'has a name',
    /name is no text/,
    class extends SessionProvider {
      override readonly name = '';
    },
  ],
  [
    'declares a scheme that its good credentials are not of',
    'takes a scheme that it declares',
    /schemes lacks bearer/,
    class extends SessionProvider {
      override readonly schemes = ['api-key'] as const;
    },
  ],
  [
    'gives something else than an Identity',
    'gives a frozen Identity',
    /gives something else/,
    class extends SessionProvider {
      override identityOf = (fields: IdentityFields) => JSON.parse(JSON.stringify(fields));
    },
  ],
  [
    'names another provider',
    'gives a frozen Identity',
    /not the provider's name/,
    class extends SessionProvider {
      override identityOf = (one: IdentityFields) => new Identity({ ...one, provider: 'other' });
    },
  ],
  [
    'vouches for an issuer that it does not declare',
    'gives a frozen Identity',
    /none of the issuers/,
    class extends SessionProvider {
      override readonly issuers = ['https://other.example'];
    },
  ],
  [
    'gives milliseconds',
    'says when the credential ends',
    /in milliseconds/,
    class extends SessionProvider {
      override identityOf = (one: IdentityFields) =>
        new Identity({ ...one, expiresAt: Date.now() + 60_000 });
    },
  ],
  [
    'gives an end that has passed',
    'says when the credential ends',
    /has passed/,
    class extends SessionProvider {
      override identityOf = (one: IdentityFields) => new Identity({ ...one, expiresAt: 1 });
    },
  ],
  [
    'never lets a credential end',
    'says when the credential ends',
    /no finite number/,
    class extends SessionProvider {
      override identityOf = (one: IdentityFields) =>
        new Identity({ ...one, expiresAt: Number.POSITIVE_INFINITY });
    },
  ],
  [
    'makes up something each time',
    'gives equal identities',
    /gives two identities/,
    class extends SessionProvider {
      #count = 0;
      override identityOf = (one: IdentityFields) =>
        new Identity({ ...one, sessionId: String((this.#count += 1)) });
    },
  ],
  [
    'answers with whoever asked last',
    'keeps two callers apart',
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
    'lets anybody in',
    'refuses a credential that nobody issued',
    /is let in/,
    class extends SessionProvider {
      override askServer = async () => 'ana';
    },
  ],
  [
    'forgets the letter case',
    'with one character changed',
    /another character at \d+ is let in/,
    class extends SessionProvider {
      override askServer = (token: string) => super.askServer(token.toLowerCase());
    },
  ],
  [
    'trims what it gets',
    'with something before or after',
    /is let in/,
    class extends SessionProvider {
      override askServer = (token: string) => super.askServer(token.trim());
    },
  ],
  [
    'compares the beginning only',
    'with something before or after',
    /is let in/,
    class extends SessionProvider {
      override askServer = (token: string) => super.askServer(token.slice(0, GOOD.length));
    },
  ],
  [
    'throws at once',
    'refuses an empty token',
    /throws at once/,
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
    'refuses a credential that nobody issued',
    /throw a PatronusError\. It was Error: no/,
    class extends SessionProvider {
      override refusal = () => new Error('no');
    },
  ],
  [
    'shows the token in the reason',
    'refuses a credential that nobody issued',
    /shows the token/,
    class extends SessionProvider {
      override refusal = (token: string) => new PatronusError('token_invalid', { reason: token });
    },
  ],
  [
    'shows the token in the cause of the cause',
    'refuses a credential that nobody issued',
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
    'gives a frozen Identity',
    /gives no answer within/,
    class extends SessionProvider {
      override askServer = () => new Promise<never>(() => {});
    },
  ],
];
