import { Body, Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Identity, RequireAuthentication } from '@patronus/nestjs';
import { z } from 'zod';
import {
  type AccountRow,
  AccountsService,
  PLATFORM_ROLES,
  type PlatformRole,
} from '../accounts/accounts.service.js';
import { RateLimit } from '../operation/limits/rate-limit.guard.js';
import { CURRENT_PASSWORD_BODY, type CurrentPasswordBody } from '../sign-in/login/login.dto.js';
import { ClosureService } from './closure.service.js';
import { ProfileService } from './profile.service.js';
import { EMAIL, NAME, PASSWORD, USERNAME } from '../accounts/identifiers.js';

/** An account as its owner sees it. */
interface ProfileView {
  readonly id: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly username: string | null;
  readonly name: string | null;
  readonly role: PlatformRole;
  /** ISO 8601. */
  readonly createdAt: string;
}

function profileView(account: AccountRow): ProfileView {
  const { id, email, emailVerifiedAt, username, name, role, createdAt } = account;
  return {
    id,
    email,
    emailVerified: emailVerifiedAt !== null,
    username,
    name,
    role,
    createdAt: createdAt.toISOString(),
  };
}

/** Omitted members keep their values; null removes a value. */
const UPDATE_PROFILE_BODY = z
  .strictObject({
    name: NAME.nullable().optional(),
    username: USERNAME.nullable().optional(),
    email: EMAIL.optional().describe(
      'The new address. It needs `currentPassword`, and counts once the link in its mail is opened.',
    ),
    currentPassword: PASSWORD.optional().describe('Needed with `email`.'),
  })
  .refine(({ email, currentPassword }) => email === undefined || currentPassword !== undefined, {
    path: ['currentPassword'],
    error: 'Changing the email address requires the current password.',
  });

type UpdateProfileBody = z.output<typeof UPDATE_PROFILE_BODY>;

const LAST_ADMINISTRATOR = {
  status: 409,
  description: '`last_administrator`: the platform has no other active administrator.',
};

/** The caller's own account. */
@ApiTags('Accounts')
@Controller('api/v1/me')
@RequireAuthentication()
export class MeController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly profile: ProfileService,
    private readonly closure: ClosureService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Returns the account of the caller' })
  async view(@CurrentUser() user: Identity): Promise<ProfileView> {
    return profileView(await this.accounts.ofCaller(user));
  }

  @Patch()
  @RateLimit('account', 'change-address', 'change-username')
  @ApiOperation({
    summary: 'Changes the name, the username or the email address',
    description:
      'A new address requires `currentPassword`. It takes effect when the link that is sent to it is opened. ' +
      'Until then, the answer has the current one. A wrong password is 401 `invalid_credentials`. Five wrong ' +
      'ones in a row lock these changes for the session, and twenty end it.',
  })
  @ApiOkResponse({ description: 'The account after the change.' })
  @ApiResponse({
    status: 400,
    description:
      '`invalid_input`: a member is malformed, or `email` came without `currentPassword`.',
  })
  @ApiResponse({ status: 409, description: '`conflict`: the username is already in use.' })
  async update(
    @CurrentUser() user: Identity,
    @Body({ schema: UPDATE_PROFILE_BODY }) body: UpdateProfileBody,
  ): Promise<ProfileView> {
    const { email, currentPassword: password, ...changes } = body;
    const address =
      email && password !== undefined ? { email, password, sessionId: user.sessionId } : undefined;
    const account = await this.accounts.ofCaller(user);
    return profileView(await this.profile.update(account, { ...changes, address }));
  }

  @Post('deactivate')
  @HttpCode(204)
  @RateLimit('account')
  @ApiOperation({
    summary: 'Deactivates the account',
    description: 'The owner reactivates it by choosing a new password through `forgot-password`.',
  })
  @ApiNoContentResponse({ description: 'The account is deactivated.' })
  @ApiResponse(LAST_ADMINISTRATOR)
  async deactivate(
    @CurrentUser() user: Identity,
    @Body({ schema: CURRENT_PASSWORD_BODY }) { currentPassword }: CurrentPasswordBody,
  ): Promise<void> {
    const caller = { password: currentPassword, sessionId: user.sessionId };
    await this.closure.deactivate(await this.accounts.ofCaller(user), caller);
  }

  @Delete()
  @HttpCode(204)
  @RateLimit('account')
  @ApiOperation({
    summary: 'Deletes the account',
    description:
      'Personal data is removed after `ANONYMISE_AFTER_DAYS`. Until then the owner restores the account by ' +
      'choosing a new password through `forgot-password`.',
  })
  @ApiNoContentResponse({ description: 'The account is deleted.' })
  @ApiResponse(LAST_ADMINISTRATOR)
  async remove(
    @CurrentUser() user: Identity,
    @Body({ schema: CURRENT_PASSWORD_BODY }) { currentPassword }: CurrentPasswordBody,
  ): Promise<void> {
    const caller = { password: currentPassword, sessionId: user.sessionId };
    await this.closure.remove(await this.accounts.ofCaller(user), caller);
  }
}

/** The caller that a token belongs to, for services that present the token of their caller. */
class CallerResponse {
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

/** Describes callers to services, such as those that use `authApi()` of the library. */
@ApiTags('Accounts')
@Controller('api/me')
export class CallerController {
  constructor(private readonly accounts: AccountsService) {}

  @Get()
  @RequireAuthentication()
  @ApiOperation({ summary: 'Describes the caller that the token belongs to' })
  @ApiOkResponse({ type: CallerResponse })
  async whoami(@CurrentUser() user: Identity): Promise<CallerResponse> {
    return new CallerResponse(await this.accounts.ofCaller(user));
  }
}
