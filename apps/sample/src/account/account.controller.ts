import { Controller, Get } from '@nestjs/common';
import {
  CurrentUser,
  Identity,
  OptionalAuth,
  PermissionSource,
  TenantContext,
  TenantOptional,
} from '@patronus/nestjs';

interface Account {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly tenant: string | null;
  readonly roles: readonly string[];
  readonly platformRoles: readonly string[];
}

@Controller()
@TenantOptional()
export class AccountController {
  constructor(
    private readonly tenant: TenantContext,
    private readonly authority: PermissionSource,
  ) {}

  @Get('me')
  async me(@CurrentUser() user: Identity): Promise<Account> {
    const tenant = this.tenant.idOrNull;
    const { roles = [], platformRoles = [] } = await this.authority.grantsOf({
      identity: user,
      tenantId: tenant ?? undefined,
    });
    const { id, name = null, email = null } = user;
    return { id, name, email, tenant, roles, platformRoles };
  }

  @Get('greeting')
  @OptionalAuth()
  greet(@CurrentUser() user: Identity | undefined): { greeting: string } {
    return { greeting: `Hello, ${user?.name ?? 'stranger'}.` };
  }
}
