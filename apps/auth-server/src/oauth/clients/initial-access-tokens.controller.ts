import { Body, Controller, Header, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePlatformPermissions } from '@patronus/nestjs';
import { z } from 'zod';
import { PlatformError } from '../../errors/platform.error.js';
import { ServerSettings } from '../../settings/server-settings.js';
import { OidcProviderHost } from '../oidc-provider.host.js';

const DAY = 24 * 60 * 60;

const LIFETIME = z
  .strictObject({
    /** In seconds. */
    expiresIn: z
      .int()
      .min(60)
      .max(90 * DAY)
      .default(DAY),
  })
  .prefault({});

/** What lets a client register (RFC 7591, section 3), where registration is not open to all. */
@ApiTags('clients')
@Controller('api/v1/admin/initial-access-tokens')
@RequirePlatformPermissions('clients.manage')
export class InitialAccessTokensController {
  constructor(
    private readonly host: OidcProviderHost,
    private readonly settings: ServerSettings,
  ) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Makes an initial access token' })
  @ApiCreatedResponse({ description: 'The token: this once. It works until it expires.' })
  @ApiConflictResponse({ description: 'Registration is off, or needs none.' })
  async create(
    @Body({ schema: LIFETIME }) { expiresIn }: z.output<typeof LIFETIME>,
  ): Promise<{ token: string; expiresIn: number }> {
    if (this.settings.registration !== 'token') {
      const remedy = 'Set CLIENT_REGISTRATION to token: nothing else asks for such a token.';
      throw new PlatformError('conflict', { details: { remedy } });
    }
    const { InitialAccessToken } = this.host.provider;
    return { token: await new InitialAccessToken({ expiresIn }).save(), expiresIn };
  }
}
