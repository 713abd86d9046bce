import { Injectable, Logger } from '@nestjs/common';
import { type Identity, TenantLookups } from '@patronus/nestjs';
import { MembersRepository } from '../members/members.repository.js';
import { SignInSettings } from '../settings/sign-in-settings.js';

/** The membership of people who sign in for the first time, in development. */
const FIRST_PLACE = { clinic: 'clinica-norte', roles: ['receptionist'] };

/** Makes people members at their first sign-in if the settings allow it, so that they can try the clinic. */
@Injectable()
export class Enrolment {
  private readonly logger = new Logger('Enrolment');

  constructor(
    private readonly settings: SignInSettings,
    private readonly members: MembersRepository,
    private readonly lookups: TenantLookups,
  ) {}

  /** Describes the membership that a new person gets. Undefined if they get none. */
  get offer(): string | undefined {
    const { clinic, roles } = FIRST_PLACE;
    return this.settings.enrols ? `${roles.join(', ')} of ${clinic}` : undefined;
  }

  async welcome(identity: Identity): Promise<void> {
    if (!this.settings.enrols || !(await this.members.enrol(identity, FIRST_PLACE))) return;
    this.lookups.forgetUser(identity);
    this.logger.warn(`${identity.id} signed in for the first time, and is now ${this.offer}.`);
  }
}
