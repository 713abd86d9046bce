import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Identity, RequireAuthentication } from '@patronus/nestjs';
import { type AccountRow, PLATFORM_ROLES, type PlatformRole } from '../database/schema/index.js';
import { Accounts } from './accounts.js';

/** The caller that a token belongs to, for services that ask with the token of their caller. */
class CallerAnswer {
  @ApiProperty()
  readonly id: string;
  @ApiProperty({ type: String, nullable: true })
  readonly email: string | null;
  @ApiProperty()
  readonly emailVerified: boolean;
  @ApiProperty({ description: 'The same as `emailVerified`, under its name in OpenID Connect.' })
  readonly email_verified: boolean;
  @ApiProperty({ type: String, nullable: true })
  readonly name: string | null;
  @ApiProperty({ enum: PLATFORM_ROLES, description: 'The highest of `platform_roles`.' })
  readonly role: PlatformRole;
  @ApiProperty({
    enum: PLATFORM_ROLES,
    isArray: true,
    description: 'All roles over the platform, as access tokens and introspection name them.',
  })
  readonly platform_roles: readonly PlatformRole[];

  constructor({ id, email, emailVerifiedAt, name, role }: AccountRow) {
    this.id = id;
    this.email = email;
    this.emailVerified = emailVerifiedAt !== null;
    this.email_verified = this.emailVerified;
    this.name = name;
    this.role = role;
    this.platform_roles = [role];
  }
}

/** Describes callers to `authApi()` of the library, and to others like it. */
@ApiTags('me')
@Controller('api/me')
export class CallerController {
  constructor(private readonly accounts: Accounts) {}

  @Get()
  @RequireAuthentication()
  @ApiOperation({ summary: 'Describe the caller that the token belongs to' })
  @ApiOkResponse({ type: CallerAnswer })
  async whoami(@CurrentUser() user: Identity): Promise<CallerAnswer> {
    return new CallerAnswer(await this.accounts.ofCaller(user));
  }
}
