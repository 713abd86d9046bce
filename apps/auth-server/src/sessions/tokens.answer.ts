import { ApiProperty } from '@nestjs/swagger';
import type { ApiTokens } from './api-sessions.js';

/** As the platform's own API says it. */
export class TokensAnswer {
  @ApiProperty({ description: 'A JWT (RFC 9068), for `Authorization: Bearer`.' })
  readonly accessToken: string;
  @ApiProperty({ enum: ['Bearer'] })
  readonly tokenType = 'Bearer';
  @ApiProperty({ description: 'Seconds until the access token ends.' })
  readonly expiresIn: number;
  @ApiProperty({ description: 'Good for one refresh, which gives the next one.' })
  readonly refreshToken: string;

  constructor({ accessToken, expiresIn, refreshToken }: ApiTokens) {
    this.accessToken = accessToken;
    this.expiresIn = expiresIn;
    this.refreshToken = refreshToken;
  }
}
