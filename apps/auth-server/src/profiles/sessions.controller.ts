import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Identity, RequireAuthentication } from '@patronus/nestjs';
import { AccountsService } from '../accounts/accounts.service.js';
import type { SessionRow } from '../sessions/sessions.service.js';
import { PlatformError } from '../operation/http/errors.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { EndedSessionsResponse } from '../sign-in/login/login.dto.js';

/** A session, as its owner sees it. */
class SessionResponse {
  @ApiProperty()
  readonly id: string;
  @ApiProperty({ example: 'Firefox on Windows' })
  readonly device: string;
  @ApiProperty({ description: 'The network address of the last use.' })
  readonly address: string;
  @ApiProperty()
  readonly createdAt: Date;
  @ApiProperty()
  readonly lastUsedAt: Date;
  @ApiProperty({ description: 'True for the session of this request.' })
  readonly current: boolean;

  constructor(row: SessionRow, currentId: string | undefined) {
    this.id = row.id;
    this.device = row.device;
    this.address = row.address;
    this.createdAt = row.createdAt;
    this.lastUsedAt = row.lastUsedAt;
    this.current = row.id === currentId;
  }
}

/** The sessions of the caller. */
@ApiTags('Sessions')
@Controller('api/v1/me/sessions')
@RequireAuthentication()
export class SessionsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lists the sessions of the caller' })
  @ApiOkResponse({ type: SessionResponse, isArray: true })
  async list(@CurrentUser() user: Identity): Promise<SessionResponse[]> {
    const accountId = await this.accountOf(user);
    const rows = await this.sessions.list(accountId);
    return rows.map((row) => new SessionResponse(row, user.sessionId));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends a session of the caller' })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'The caller has no such session.' })
  async end(@Param('id') id: string, @CurrentUser() user: Identity): Promise<void> {
    const accountId = await this.accountOf(user);
    const session = await this.sessions.find(id);
    if (session?.accountId !== accountId) throw new PlatformError('not_found');
    await this.sessions.end([id], 'ended_by_owner');
  }

  @Delete()
  @ApiOperation({ summary: 'Ends all other sessions of the caller' })
  @ApiOkResponse({ type: EndedSessionsResponse })
  async endOthers(@CurrentUser() user: Identity): Promise<EndedSessionsResponse> {
    const accountId = await this.accountOf(user);
    const except = user.sessionId;
    return new EndedSessionsResponse(
      await this.sessions.endAll(accountId, 'ended_by_owner', { except }),
    );
  }

  /** Finds the account of the caller. A client that acts for itself has none. */
  private async accountOf({ id }: Identity): Promise<string> {
    const account = await this.accounts.active(id);
    if (account === undefined) throw new PlatformError('not_found');
    return account.id;
  }
}
