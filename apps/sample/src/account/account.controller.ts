import { Controller, Get } from '@nestjs/common';
import {
  CurrentUser,
  Identity,
  OptionalAuth,
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
  constructor(private readonly tenant: TenantContext) {}

  @Get('me')
  me(@CurrentUser() user: Identity): Account {
    return {
      id: user.id,
      name: user.name ?? null,
      email: user.email ?? null,
      tenant: this.tenant.idOrNull,
      roles: user.roles,
      platformRoles: user.platformRoles,
    };
  }

  @Get('greeting')
  @OptionalAuth()
  greet(@CurrentUser() user: Identity | undefined): { greeting: string } {
    return { greeting: `Hello, ${user?.name ?? 'stranger'}.` };
  }
}
