import { Injectable } from '@nestjs/common';
import { type Identity, IdentityProvider, PatronusError } from '@patronus/nestjs';
import { Enrolment } from './enrolment.js';
import { RelyingParty } from './relying-party.js';
import type { SignInAttempt } from './sign-in-attempt.js';
import { SignInError } from './sign-in-failures.js';

/** Of a person who signed in, what goes to their browser. */
export interface Session {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number | undefined;
  readonly returnTo: string;
}

/** From the answer of the issuer to a person whom the guards let in. */
@Injectable()
export class SignIn {
  constructor(
    private readonly relyingParty: RelyingParty,
    private readonly provider: IdentityProvider,
    private readonly enrolment: Enrolment,
  ) {}

  /** @throws {SignInError} */
  async complete(search: string, attempt: SignInAttempt | undefined): Promise<Session> {
    if (attempt === undefined) throw new SignInError('not_started');
    const { accessToken, expiresIn, subject } = await this.relyingParty.finish(search, attempt);
    const identity = await this.believe(accessToken);
    // The access token must be of the person whom the ID token, and with it the nonce, is about.
    if (identity.id !== subject) throw new SignInError('refused');
    await this.enrolment.welcome(identity);
    return { accessToken, expiresIn, returnTo: attempt.returnTo };
  }

  /** No browser gets a token that the guards would refuse. */
  private async believe(token: string): Promise<Identity> {
    try {
      return await this.provider.authenticate({ scheme: 'bearer', token });
    } catch (cause) {
      const isOutage = !(cause instanceof PatronusError) || cause.code === 'provider_unavailable';
      throw new SignInError(isOutage ? 'unavailable' : 'refused', { cause });
    }
  }
}
