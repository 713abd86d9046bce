import { Injectable, Logger } from '@nestjs/common';
import { type Identity, TenantLookups } from '@patronus/nestjs';
import { MembersRepository } from '../members/members.repository.js';
import { SignInSettings } from '../settings/sign-in-settings.js';

/** What somebody becomes who signs in for the first time, in development. */
const FIRST_PLACE = { clinic: 'clinica-norte', roles: ['receptionist'] };

/** Makes members of strangers where the settings say so, so that there is something to try. */
@Injectable()
export class Enrolment {
  private readonly logger = new Logger('Enrolment');

  constructor(
    private readonly settings: SignInSettings,
    private readonly members: MembersRepository,
    private readonly lookups: TenantLookups,
  ) {}

  /** What a stranger becomes, for people; undefined where they remain one. */
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
