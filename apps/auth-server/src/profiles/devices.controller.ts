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
import { type AccountDevice, DevicesService } from '../sessions/devices/devices.service.js';
import { type SessionRow, SessionsService } from '../sessions/sessions.service.js';

/** A device, as the owner of the account sees it. */
class DeviceResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id: string;
  @ApiProperty({ example: 'Firefox on Windows' })
  readonly name: string;
  @ApiProperty({ description: 'The first sign-in of the caller on the device.' })
  readonly firstAt: Date;
  @ApiProperty({ description: 'The last sign-in of the caller on the device.' })
  readonly lastAt: Date;
  @ApiProperty({
    type: Date,
    nullable: true,
    description: 'The time until which the device stands for a second factor.',
  })
  readonly rememberedUntil: Date | null;
  @ApiProperty({ description: 'True for the device of this session.' })
  readonly current: boolean;
  @ApiProperty({ description: 'The number of live sessions of the caller on the device.' })
  readonly sessions: number;

  constructor(
    { id, name, firstAt, lastAt, rememberedUntil }: AccountDevice,
    sessions: readonly SessionRow[],
    sessionId: string | undefined,
  ) {
    this.id = id;
    this.name = name;
    this.firstAt = firstAt;
    this.lastAt = lastAt;
    this.rememberedUntil = rememberedUntil;
    this.current = sessions.some((session) => session.id === sessionId);
    this.sessions = sessions.length;
  }
}

/** The devices of an account. All are on one page. */
class DevicesResponse {
  @ApiProperty({ type: [DeviceResponse] })
  readonly items: readonly DeviceResponse[];
  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null = null;

  constructor(items: readonly DeviceResponse[]) {
    this.items = items;
  }
}

/** The devices on which the caller has signed in. */
@ApiTags('Sessions')
@Controller('api/v1/me/devices')
@RequireAuthentication()
export class DevicesController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly devices: DevicesService,
    private readonly sessions: SessionsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lists the devices of the caller, the last used first' })
  @ApiOkResponse({ type: DevicesResponse })
  async list(@CurrentUser() user: Identity): Promise<DevicesResponse> {
    const { id } = await this.accounts.ofCaller(user);
    const [devices, sessions] = await Promise.all([this.devices.list(id), this.sessions.list(id)]);
    return new DevicesResponse(
      devices.map((device) => {
        const onDevice = sessions.filter(({ deviceId }) => deviceId === device.id);
        return new DeviceResponse(device, onDevice, user.sessionId);
      }),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Forgets a device of the caller',
    description: 'Ends the sessions of the caller on it. The next sign-in makes it known again.',
  })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'The caller has no such device.' })
  async forget(@Param('id') id: string, @CurrentUser() user: Identity): Promise<void> {
    const account = await this.accounts.ofCaller(user);
    await this.devices.forget(account.id, id);
  }
}
