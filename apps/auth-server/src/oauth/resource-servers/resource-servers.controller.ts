import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, Identity, RequirePlatformPermissions } from '@patronus/nestjs';
import type { z } from 'zod';
import { accountParty } from '../../events/catalogue.js';
import { PlatformError } from '../../operation/http/errors.js';
import { RESOURCE_SERVER } from '../../operation/settings/environment.schema.js';
import { type ResourceServer, ResourceServersService } from './resource-servers.service.js';

/** The APIs that access tokens are issued for. In a path, an identifier is percent-encoded. */
@ApiTags('Resource servers')
@Controller('api/v1/admin/resource-servers')
export class ResourceServersController {
  constructor(private readonly servers: ResourceServersService) {}

  @Get()
  @RequirePlatformPermissions('clients.read')
  @ApiOperation({ summary: 'Lists resource servers by identifier' })
  async list(): Promise<{ resourceServers: ResourceServer[] }> {
    return { resourceServers: await this.servers.list() };
  }

  @Get(':identifier')
  @RequirePlatformPermissions('clients.read')
  @ApiOperation({ summary: 'Returns a resource server' })
  async get(@Param('identifier') identifier: string): Promise<ResourceServer> {
    const server = await this.servers.find(identifier);
    if (server === undefined) throw new PlatformError('not_found');
    return server;
  }

  @Put()
  @RequirePlatformPermissions('clients.manage')
  @ApiOperation({ summary: 'Creates or replaces a resource server' })
  @ApiOkResponse({ description: 'The resource server.' })
  @ApiConflictResponse({
    description: 'It is declared in the environment, or is the platform itself.',
  })
  put(
    @Body({ schema: RESOURCE_SERVER }) server: z.output<typeof RESOURCE_SERVER>,
    @CurrentUser() user: Identity,
  ): Promise<ResourceServer> {
    const { accessTokenTtl = null, ...others } = server;
    return this.servers.put({ ...others, accessTokenTtl }, accountParty(user.id));
  }

  @Delete(':identifier')
  @RequirePlatformPermissions('clients.manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a resource server, for which no more tokens are issued' })
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: 'It is declared in the environment.' })
  remove(@Param('identifier') identifier: string, @CurrentUser() user: Identity): Promise<void> {
    return this.servers.remove(identifier, accountParty(user.id));
  }
}
