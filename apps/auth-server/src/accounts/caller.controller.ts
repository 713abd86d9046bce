import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Identity, RequireAuthentication } from '@patronus/nestjs';
import { Accounts } from './accounts.js';

/** Who a token is from, for services that ask with the token of their caller. */
interface Caller {
  readonly id: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  /** The same, under its name in OpenID Connect. */
  readonly email_verified: boolean;
  readonly name: string | null;
  readonly role: string;
}

/** What `authApi()` of the library asks, and others like it. */
@ApiTags('me')
@Controller('api/me')
export class CallerController {
  constructor(private readonly accounts: Accounts) {}

  @Get()
  @RequireAuthentication()
  @ApiOperation({ summary: 'Who the token is from' })
  async whoami(@CurrentUser() user: Identity): Promise<Caller> {
    const { id, email, emailVerifiedAt, name, role } = await this.accounts.ofCaller(user);
    const emailVerified = emailVerifiedAt !== null;
    return { id, email, emailVerified, email_verified: emailVerified, name, role };
  }
}
