import { Module, Injectable } from '@nestjs/common';
import {
  type Identity,
  Memberships,
  type GrantedAuthority,
  PermissionSource,
  type PermissionSubject,
} from '@patronus/nestjs';
import { MembersRepository } from './members.repository.js';

/** Returns the roles of a member in the clinic of the request. Roles in the token are ignored. */
@Injectable()
export class StaffPermissionSource extends PermissionSource {
  constructor(private readonly members: MembersRepository) {
    super();
  }

  override async grantsOf({ identity, tenantId }: PermissionSubject): Promise<GrantedAuthority> {
    const memberships = await this.members.membershipsOf(identity);
    return { roles: memberships.find(({ clinic }) => clinic === tenantId)?.roles };
  }
}

@Injectable()
export class StaffMemberships extends Memberships {
  constructor(private readonly members: MembersRepository) {
    super();
  }

  override async tenantsOf(identity: Identity): Promise<string[]> {
    return (await this.members.membershipsOf(identity)).map(({ clinic }) => clinic);
  }
}

@Module({
  providers: [MembersRepository, StaffMemberships, StaffPermissionSource],
  exports: [MembersRepository, StaffMemberships, StaffPermissionSource],
})
export class MembersModule {}
