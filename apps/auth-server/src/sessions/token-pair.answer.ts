import { ApiProperty } from '@nestjs/swagger';
import type { ApiTokens } from './api-sessions.js';

/** For clients that know `access` and `refresh`, and for those that know the names of OAuth 2.0. */
export class TokenPairAnswer {
  @ApiProperty()
  readonly access: string;
  @ApiProperty()
  readonly refresh: string;
  @ApiProperty()
  readonly access_token: string;
  @ApiProperty({ enum: ['Bearer'] })
  readonly token_type = 'Bearer';
  @ApiProperty({ description: 'In seconds.' })
  readonly expires_in: number;
  @ApiProperty()
  readonly refresh_token: string;

  constructor({ accessToken, expiresIn, refreshToken }: ApiTokens) {
    this.access = accessToken;
    this.refresh = refreshToken;
    this.access_token = accessToken;
    this.expires_in = expiresIn;
    this.refresh_token = refreshToken;
  }
}
