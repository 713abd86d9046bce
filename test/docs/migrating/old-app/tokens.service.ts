import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { SignJWT } from 'jose';
import type { User } from './users.js';

@Injectable()
export class TokensService {
  constructor(private readonly config: ConfigService) {}

  async issue(user: User) {
    const payload = { id: user.id, role: user.role, sessionId: 7 };
    return {
      token: await this.sign(payload, 'JWT_SECRET', '15m'),
      refreshToken: await this.sign(payload, 'JWT_REFRESH_SECRET', '30d'),
    };
  }

  private sign(payload: { id: number }, secret: string, lifetime: string): Promise<string> {
    const key = new TextEncoder().encode(this.config.getOrThrow<string>(secret));
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .setExpirationTime(lifetime)
      .sign(key);
  }
}
