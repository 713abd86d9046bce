import { Injectable } from '@nestjs/common';
import { type Identity, Memberships } from '@patronus/nestjs';
import { MembersRepository } from './members.repository.js';

@Injectable()
export class StaffMemberships extends Memberships {
  constructor(private readonly members: MembersRepository) {
    super();
  }

  override async tenantsOf(identity: Identity): Promise<string[]> {
    return (await this.members.membershipsOf(identity)).map(({ clinic }) => clinic);
  }
}
