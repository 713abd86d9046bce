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
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { RequirePlatformPermissions } from '@patronus/nestjs';
import { z } from 'zod';
import { ClientAdministration, type ClientPatch } from './client-administration.js';
import { CLIENT_DEFINITION, type ClientDefinition } from './client-metadata.schema.js';
import type { ClientView } from './client-view.js';

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

/** The OAuth clients, for those who administer the platform. */
@ApiTags('clients')
@Controller('api/v1/admin/clients')
export class ClientsController {
  constructor(private readonly administration: ClientAdministration) {}

  @Get()
  @RequirePlatformPermissions('clients.read')
  @ApiOperation({ summary: 'The clients by id, a page at a time' })
  @ApiOkResponse({
    description: 'Clients; `next`, where there are more, is the `after` of the next page.',
  })
  list(
    @Query({ schema: PAGE }) { limit, after }: z.output<typeof PAGE>,
  ): Promise<{ clients: ClientView[]; next?: string }> {
    return this.administration.page(limit, after);
  }

  @Get(':id')
  @RequirePlatformPermissions('clients.read')
  @ApiOperation({ summary: 'A client' })
  get(@Param('id') id: string): Promise<ClientView> {
    return this.administration.get(id);
  }

  @Post()
  @RequirePlatformPermissions('clients.manage')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Makes a client' })
  @ApiCreatedResponse({ description: 'The client, with its secret: this once.' })
  create(@Body({ schema: CLIENT_DEFINITION }) definition: ClientDefinition): Promise<ClientView> {
    return this.administration.create(definition);
  }

  @Put(':id')
  @RequirePlatformPermissions('clients.manage')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Replaces what a client is' })
  @ApiOkResponse({ description: 'The client; with a secret where it has come to need one.' })
  replace(
    @Param('id') id: string,
    @Body({ schema: CLIENT_DEFINITION }) definition: ClientDefinition,
  ): Promise<ClientView> {
    return this.administration.change(id, () => definition);
  }

  @Patch(':id')
  @RequirePlatformPermissions('clients.manage')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Changes members of the metadata; null removes one (RFC 7396)' })
  @ApiOkResponse({ description: 'The client; with a secret where it has come to need one.' })
  patch(@Param('id') id: string, @Body({ schema: PATCH }) patch: ClientPatch): Promise<ClientView> {
    return this.administration.patch(id, patch);
  }

  @Delete(':id')
  @RequirePlatformPermissions('clients.manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a client, and ends its tokens' })
  @ApiNoContentResponse({ description: 'Signed access tokens go on until they expire.' })
  remove(@Param('id') id: string): Promise<void> {
    return this.administration.remove(id);
  }
}
