import { Body, Controller, Delete, HttpCode, Injectable, Param, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Identity, RequirePlatformRoles } from '@patronus/nestjs';
import { z } from 'zod';
import {
  AdministratorsService,
  GIVEN_ROLES,
  type GivenRole,
} from '../access/administrators.service.js';
import { PLATFORM_ROLES, type PlatformRole } from '../accounts/accounts.service.js';
import { PlatformDatabase } from '../operation/database/database.js';
import { PlatformError } from '../operation/http/errors.js';
import { RateLimit } from '../operation/limits/rate-limit.guard.js';
import { SessionsService } from '../sessions/sessions.service.js';

const ROLE_BODY = z.strictObject({ role: z.enum(GIVEN_ROLES) });

type RoleBody = z.output<typeof ROLE_BODY>;

/** The platform roles of an account: today, one. */
class RolesResponse {
  @ApiProperty({ enum: PLATFORM_ROLES, isArray: true })
  readonly roles: readonly PlatformRole[];

  constructor({ role }: { readonly role: PlatformRole }) {
    this.roles = [role];
  }
}

/** Changes the platform roles of accounts. */
@Injectable()
export class PlatformRolesService {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly administrators: AdministratorsService,
    private readonly sessions: SessionsService,
  ) {}

  /** @throws {PlatformError} `not_found`, `forbidden` */
  async give(by: string, accountId: string, role: GivenRole): Promise<RolesResponse> {
    const change = { by, accountId, role };
    return new RolesResponse(
      await this.database.db.transaction((tx) => this.administrators.give(tx, change)),
    );
  }

  /**
   * Takes a role, and ends the sessions of the account, whose tokens name it.
   *
   * @throws {PlatformError} `not_found`, `forbidden`, `last_administrator`
   */
  async take(by: string, accountId: string, role: GivenRole): Promise<RolesResponse> {
    const { account, ended } = await this.database.db.transaction(async (tx) => {
      const without = await this.administrators.take(tx, { by, accountId, role });
      const ids = await this.sessions.endAll(accountId, 'role_removed', { session: tx });
      return { account: without, ended: ids };
    });
    await this.sessions.announceEnded(ended);
    return new RolesResponse(account);
  }
}

/** The platform roles of accounts, for administrators of the platform. */
@ApiTags('Accounts')
@Controller('api/v1/admin/accounts/:id/roles')
@RequirePlatformRoles('SYSTEM_ADMIN')
export class PlatformRolesController {
  constructor(private readonly roles: PlatformRolesService) {}

  @Post()
  @HttpCode(200)
  @RateLimit('account')
  @ApiOperation({ summary: 'Gives a platform role. An account keeps the highest one' })
  @ApiOkResponse({ type: RolesResponse })
  @ApiNotFoundResponse({ description: 'There is no active account with this id.' })
  give(
    @Param('id') id: string,
    @Body({ schema: ROLE_BODY }) { role }: RoleBody,
    @CurrentUser() user: Identity,
  ): Promise<RolesResponse> {
    return this.roles.give(user.id, id, role);
  }

  @Delete(':role')
  @RateLimit('account')
  @ApiOperation({ summary: 'Takes a platform role, and ends the sessions of the account' })
  @ApiOkResponse({ type: RolesResponse })
  @ApiNotFoundResponse({ description: 'There is no active account with this id and this role.' })
  @ApiConflictResponse({ description: '`last_administrator`' })
  take(
    @Param('id') id: string,
    @Param('role') name: string,
    @CurrentUser() user: Identity,
  ): Promise<RolesResponse> {
    const role = GIVEN_ROLES.find((known) => known === name);
    if (role === undefined) throw new PlatformError('not_found');
    return this.roles.take(user.id, id, role);
  }
}
