import { Body, Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Identity, RequireAuthentication } from '@patronus/nestjs';
import { bodyMember } from '../limits/body-member.js';
import { RateLimit } from '../limits/rate-limit.decorator.js';
import { AccountClosure } from './account-closure.js';
import { Accounts } from './accounts.js';
import { CURRENT_PASSWORD_BODY, type CurrentPasswordBody } from './bodies/current-password.body.js';
import { UPDATE_PROFILE_BODY, type UpdateProfileBody } from './bodies/update-profile.body.js';
import { Profile } from './profile.js';
import { profileView, type ProfileView } from './profile.view.js';

/** The caller's own account. */
@ApiTags('me')
@Controller('api/v1/me')
@RequireAuthentication()
export class MeController {
  constructor(
    private readonly accounts: Accounts,
    private readonly profile: Profile,
    private readonly closure: AccountClosure,
  ) {}

  @Get()
  @ApiOperation({ summary: 'View the account' })
  async view(@CurrentUser() user: Identity): Promise<ProfileView> {
    return profileView(await this.accounts.ofCaller(user));
  }

  @Patch()
  @RateLimit('change-address', { account: bodyMember('email') })
  @ApiOperation({
    summary: 'Change name, username or address',
    description:
      'A new address needs `currentPassword`, and counts once the link that is mailed there was opened.',
  })
  @ApiResponse({ status: 409, description: '`conflict`: the username is taken.' })
  async update(
    @CurrentUser() user: Identity,
    @Body({ schema: UPDATE_PROFILE_BODY }) body: UpdateProfileBody,
  ): Promise<ProfileView> {
    const { email, currentPassword: password, ...changes } = body;
    const address = email && password !== undefined ? { email, password } : undefined;
    const account = await this.accounts.ofCaller(user);
    return profileView(await this.profile.update(account, { ...changes, address }));
  }

  @Post('deactivate')
  @HttpCode(204)
  @RateLimit('account')
  @ApiOperation({
    summary: 'Deactivate the account',
    description: 'It comes back when its owner chooses a new password through `forgot-password`.',
  })
  async deactivate(
    @CurrentUser() user: Identity,
    @Body({ schema: CURRENT_PASSWORD_BODY }) { password }: CurrentPasswordBody,
  ): Promise<void> {
    await this.closure.deactivate(await this.accounts.ofCaller(user), password);
  }

  @Delete()
  @HttpCode(204)
  @RateLimit('account')
  @ApiOperation({
    summary: 'Delete the account',
    description:
      'After `ANONYMISE_AFTER_DAYS` nothing personal is left of it. Until then it comes back when its ' +
      'owner chooses a new password through `forgot-password`.',
  })
  async remove(
    @CurrentUser() user: Identity,
    @Body({ schema: CURRENT_PASSWORD_BODY }) { password }: CurrentPasswordBody,
  ): Promise<void> {
    await this.closure.remove(await this.accounts.ofCaller(user), password);
  }
}
