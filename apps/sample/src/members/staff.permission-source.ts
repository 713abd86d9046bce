import { Injectable } from '@nestjs/common';
import { type GrantedAuthority, PermissionSource, type PermissionSubject } from '@patronus/nestjs';
import { MembersRepository } from './members.repository.js';

/** The roles of a member in the clinic of the request. What a token says of roles does not count. */
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
