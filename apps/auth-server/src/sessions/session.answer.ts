import { ApiProperty } from '@nestjs/swagger';
import type { SessionRow } from '../database/schema/index.js';

/** A session, as its owner sees it. */
export class SessionAnswer {
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
  @ApiProperty({ description: 'Whether it is the one that asks.' })
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
