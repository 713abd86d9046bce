import { Injectable } from '@nestjs/common';
import { type Identity, IdentityProvider, PatronusError } from '@patronus/nestjs';
import { Enrolment } from './enrolment.js';
import { RelyingParty } from './relying-party.js';
import type { SignInAttempt } from './pending-sign-ins.js';
import { SignInError } from './sign-in-failures.js';

/** The session that the browser gets after a sign-in. */
export interface Session {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number | undefined;
  readonly returnTo: string;
}

/** Completes sign-ins: from the answer of the issuer to a session that the guards accept. */
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
    // The access token must belong to the person in the ID token, which the nonce protects.
    if (identity.id !== subject) throw new SignInError('refused');
    await this.enrolment.welcome(identity);
    return { accessToken, expiresIn, returnTo: attempt.returnTo };
  }

  /** Verifies the token, so that no browser gets one that the guards would refuse. */
  private async believe(token: string): Promise<Identity> {
    try {
      return await this.provider.authenticate({ scheme: 'bearer', token });
    } catch (cause) {
      const isOutage = !(cause instanceof PatronusError) || cause.code === 'provider_unavailable';
      throw new SignInError(isOutage ? 'unavailable' : 'refused', { cause });
    }
  }
}
