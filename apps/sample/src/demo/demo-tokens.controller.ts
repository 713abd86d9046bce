import { Controller, Get, Header, Module } from '@nestjs/common';
import { Public } from '@patronus/nestjs';
import type { JWTPayload } from 'jose';
import { DemoIssuer } from './demo-issuer.js';
import { DEMO_USERS } from './demo-user.js';
import { PageModule } from '../page/page.controller.js';

interface DemoToken {
  readonly user: string;
  readonly tenant: string | null;
  readonly roles: readonly string[];
  readonly token: string;
}

const AN_HOUR = 60 * 60;

@Controller('demo/tokens')
@Public()
class DemoTokensController {
  constructor(private readonly issuer: DemoIssuer) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  fresh(): Promise<DemoToken[]> {
    return this.mintAll({});
  }

  @Get('expired')
  @Header('Cache-Control', 'no-store')
  expired(): Promise<DemoToken[]> {
    const end = Math.floor(Date.now() / 1000) - AN_HOUR;
    return this.mintAll({ iat: end - AN_HOUR, exp: end });
  }

  private mintAll(overrides: JWTPayload): Promise<DemoToken[]> {
    return Promise.all(
      DEMO_USERS.map(async (demoUser) => ({
        user: demoUser.user,
        tenant: demoUser.tenant,
        roles: [...demoUser.roles, ...demoUser.platformRoles],
        token: await this.issuer.mint(demoUser, overrides),
      })),
    );
  }
}

@Module({
  imports: [PageModule.for({ file: 'index.html' })],
  controllers: [DemoTokensController],
  providers: [{ provide: DemoIssuer, useFactory: () => DemoIssuer.start() }],
  exports: [DemoIssuer],
})
export class DemoModule {}
