import { Body, Controller, Delete, Header, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { RequirePlatformPermissions } from '@patronus/nestjs';
import { z } from 'zod';
import { SecretRotation } from './client-secrets.service.js';
import type { SecretView } from './client.dto.js';

const ROTATION = z
  .strictObject({
    /** The expiry of the current secret. By default it is valid until it is deleted. */
    previousExpiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .default({});

/** The secrets of a client. It has at most two, so that it can change from one to the other. */
@ApiTags('clients')
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
  ): Promise<SecretView & { secret: string }> {
    return this.rotation.add(
      id,
      previousExpiresAt === undefined ? undefined : new Date(previousExpiresAt),
    );
  }

  @Delete(':secretId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deletes a secret, which no longer works' })
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: 'It is the only secret of the client.' })
  remove(@Param('id') id: string, @Param('secretId') secretId: string): Promise<void> {
    return this.rotation.remove(id, secretId);
  }
}
