import { ApiProperty } from '@nestjs/swagger';

export class EndedSessionsAnswer {
  @ApiProperty({ description: 'How many sessions were ended.' })
  readonly ended: number;

  constructor(ids: readonly string[]) {
    this.ended = ids.length;
  }
}
