import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Identity, RequirePlatformPermissions } from '@patronus/nestjs';
import { z } from 'zod';
import { accountParty } from '../../events/catalogue.js';
import { PlatformError } from '../../operation/http/errors.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { OidcProviderHost } from '../provider/provider.host.js';
import { ClientAdministrationService, type ClientPatch } from './client-administration.service.js';
import { CLIENT_DEFINITION, type ClientDefinition } from './client-metadata.schema.js';
import type { ClientView, SecretView } from './client.dto.js';
import { SecretRotation } from './client-secrets.service.js';

const PAGE = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z
    .string()
    .max(100)
    .regex(/^[\x21-\x7e]*$/)
    .optional(),
});

const PATCH = z.strictObject({
  metadata: z.record(z.string(), z.json()).optional(),
  passwordGrant: z.boolean().optional(),
});

/** The OAuth clients, for administrators of the platform. */
@ApiTags('Clients')
@Controller('api/v1/admin/clients')
export class ClientsController {
  constructor(private readonly administration: ClientAdministrationService) {}

  @Get()
  @RequirePlatformPermissions('clients.read')
  @ApiOperation({ summary: 'Lists clients by id, in pages' })
  @ApiOkResponse({
    description: 'Clients. If there are more, `next` is the `after` of the next page.',
  })
  list(
    @Query({ schema: PAGE }) { limit, after }: z.output<typeof PAGE>,
  ): Promise<{ clients: ClientView[]; next?: string }> {
    return this.administration.page(limit, after);
  }

  @Get(':id')
  @RequirePlatformPermissions('clients.read')
  @ApiOperation({ summary: 'Returns a client' })
  get(@Param('id') id: string): Promise<ClientView> {
    return this.administration.get(id);
  }

  @Post()
  @RequirePlatformPermissions('clients.manage')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Creates a client' })
  @ApiCreatedResponse({ description: 'The client with its secret, which is not shown again.' })
  create(
    @Body({ schema: CLIENT_DEFINITION }) definition: ClientDefinition,
    @CurrentUser() user: Identity,
  ): Promise<ClientView> {
    return this.administration.create(definition, accountParty(user.id));
  }

  @Put(':id')
  @RequirePlatformPermissions('clients.manage')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Replaces a client' })
  @ApiOkResponse({ description: 'The client, with a secret if it needs a new one.' })
  replace(
    @Param('id') id: string,
    @Body({ schema: CLIENT_DEFINITION }) definition: ClientDefinition,
    @CurrentUser() user: Identity,
  ): Promise<ClientView> {
    return this.administration.change(id, accountParty(user.id), () => definition);
  }

  @Patch(':id')
  @RequirePlatformPermissions('clients.manage')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Changes members of the metadata; null removes one (RFC 7396)' })
  @ApiOkResponse({ description: 'The client, with a secret if it needs a new one.' })
  patch(
    @Param('id') id: string,
    @Body({ schema: PATCH }) patch: ClientPatch,
    @CurrentUser() user: Identity,
  ): Promise<ClientView> {
    return this.administration.patch(id, accountParty(user.id), patch);
  }

  @Delete(':id')
  @RequirePlatformPermissions('clients.manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a client and revokes its tokens' })
  @ApiNoContentResponse({ description: 'Signed access tokens stay valid until they expire.' })
  remove(@Param('id') id: string, @CurrentUser() user: Identity): Promise<void> {
    return this.administration.remove(id, accountParty(user.id));
  }
}

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

/** Initial access tokens, with which clients register if registration is not open (RFC 7591, section 3). */
@ApiTags('Clients')
@Controller('api/v1/admin/initial-access-tokens')
@RequirePlatformPermissions('clients.manage')
export class InitialAccessTokensController {
  constructor(
    private readonly host: OidcProviderHost,
    private readonly settings: ServerSettings,
  ) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Creates an initial access token' })
  @ApiCreatedResponse({
    description: 'The token, which is not shown again. It works until it expires.',
  })
  @ApiConflictResponse({ description: 'Registration is off, or needs no token.' })
  async create(
    @Body({ schema: LIFETIME }) { expiresIn }: z.output<typeof LIFETIME>,
  ): Promise<{ token: string; expiresIn: number }> {
    if (this.settings.registration !== 'token') {
      const remedy = 'Set CLIENT_REGISTRATION to token. No other mode uses such a token.';
      throw new PlatformError('conflict', { details: { remedy } });
    }
    const { InitialAccessToken } = this.host.provider;
    return { token: await new InitialAccessToken({ expiresIn }).save(), expiresIn };
  }
}

const ROTATION = z
  .strictObject({
    /** The expiry of the current secret. By default it is valid until it is deleted. */
    previousExpiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .default({});

/** The secrets of a client. It has at most two, so that it can change from one to the other. */
@ApiTags('Clients')
@Controller('api/v1/admin/clients/:id/secrets')
@RequirePlatformPermissions('clients.manage')
export class ClientSecretsController {
  constructor(private readonly rotation: SecretRotation) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Creates a second secret' })
  @ApiCreatedResponse({ description: 'The secret. It is not shown again.' })
  @ApiConflictResponse({
    description: 'The client has two secrets already, or its method uses none.',
  })
  add(
    @Param('id') id: string,
    @Body({ schema: ROTATION }) { previousExpiresAt }: z.output<typeof ROTATION>,
    @CurrentUser() user: Identity,
  ): Promise<SecretView & { secret: string }> {
    return this.rotation.add(
      id,
      accountParty(user.id),
      previousExpiresAt === undefined ? undefined : new Date(previousExpiresAt),
    );
  }

  @Delete(':secretId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a secret, which no longer works' })
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: 'It is the only secret of the client.' })
  remove(
    @Param('id') id: string,
    @Param('secretId') secretId: string,
    @CurrentUser() user: Identity,
  ): Promise<void> {
    return this.rotation.remove(id, secretId, accountParty(user.id));
  }
}
