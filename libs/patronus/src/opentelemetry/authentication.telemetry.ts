import type { Attributes } from '@opentelemetry/api';
import type { AuthenticationObserver } from '../authentication/authentication-observer.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { Identity } from '../identity/identity.js';
import { currentScope } from '../identity/request-scope.js';
import { errorTypeOf } from './error-type.js';
import { hideCredentials } from './hide-credentials.js';
import type { Instruments } from './instruments.js';
import { quietly } from './quietly.js';
import { withinSpan } from './within-span.js';

/** Counts authentications, and measures the time of those that wait for a provider or a proof. */
export class AuthenticationTelemetry implements AuthenticationObserver {
  /** @param provider - the name for a credential that no provider has accepted */
  constructor(
    private readonly instruments: Instruments,
    private readonly provider: string,
  ) {}

  looked(isKnown: boolean): void {
    quietly(() =>
      this.instruments.identityLooks.add(1, { 'patronus.cache.result': isKnown ? 'hit' : 'miss' }),
    );
  }

  recalling(recall: () => Identity | undefined): Identity | undefined {
    hideCredentials();
    let identity: Identity | undefined;
    try {
      identity = recall();
    } catch (error) {
      this.count(this.failureOf(error));
      throw error;
    }
    if (identity !== undefined) this.count(successOf(identity));
    return identity;
  }

  authenticating(authenticate: () => Promise<Identity>): Promise<Identity> {
    hideCredentials();
    return withinSpan('patronus.authenticate', authenticate, ({ span, seconds, result, error }) => {
      const attributes = result === undefined ? this.failureOf(error) : successOf(result);
      span.setAttributes(attributes);
      this.instruments.authenticationTime.record(seconds, attributes);
      this.count(attributes);
    });
  }

  private count(attributes: Attributes): void {
    quietly(() => this.instruments.authentications.add(1, attributes));
  }

  private failureOf(error: unknown): Attributes {
    if (error instanceof PatronusError && error.code === 'token_missing') {
      return { 'patronus.authentication.result': 'none' };
    }
    return {
      'patronus.authentication.result': 'failure',
      'patronus.provider': currentScope()?.presented?.provider ?? this.provider,
      'error.type': errorTypeOf(error),
    };
  }
}

function successOf({ provider }: Identity): Attributes {
  return { 'patronus.authentication.result': 'success', 'patronus.provider': provider };
}
