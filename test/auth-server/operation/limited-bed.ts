import type { Response as ExpressResponse } from 'express';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { PatronusModule, Public, RequireAuthentication } from '@patronus/nestjs';
import { mockIdentity } from '@patronus/nestjs/testing';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { ProblemFilter } from '../../../apps/auth-server/src/operation/http/error.filter.js';
import { FoundationModule } from '../../../apps/auth-server/src/app.module.js';
import {
  limitRequests,
  LimitsModule,
  RateLimit,
} from '../../../apps/auth-server/src/operation/limits/rate-limit.guard.js';
import { RateLimitsService } from '../../../apps/auth-server/src/operation/limits/rate-limits.service.js';
import { BrowserProblemPages } from '../../../apps/auth-server/src/console/page.filter.js';
import { Pages } from '../../../apps/auth-server/src/console/pages.js';
import { oauthErrorRenderer } from '../../../apps/auth-server/src/oauth/provider/provider-errors.js';
import { Keyring } from '../../../apps/auth-server/src/operation/crypto/keyring.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { ManualClock } from '../support/manual-clock.js';

@Controller()
export class DoorsController {
  entered = 0;

  @Post('login')
  @Public()
  @HttpCode(200)
  @RateLimit('login')
  login(@Body() _body: unknown) {
    this.entered += 1;
    return {};
  }

  @Get('guarded')
  @RequireAuthentication()
  @RateLimit('reset')
  guarded() {
    return {};
  }

  @Get('unlimited')
  @Public()
  unlimited() {
    return {};
  }
}

/** Database that no statement reaches. */
class NoDatabase extends PlatformDatabase {
  readonly place = 'nowhere';

  get db(): never {
    throw new Error('no database');
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Application that consists of limits and guards only. */
export class LimitedBed {
  readonly #base: string;

  private constructor(
    readonly app: NestExpressApplication,
    readonly clock: ManualClock,
  ) {
    const { port } = app.getHttpServer().address() as AddressInfo;
    this.#base = `http://127.0.0.1:${port}`;
  }

  static async start(environment: Record<string, string> = {}): Promise<LimitedBed> {
    const clock = new ManualClock();
    const settings = readSettings({ TRUST_PROXY: 'loopback', ...environment });
    const foundation = {
      settings,
      database: new NoDatabase(),
      keyring: new Keyring([{ id: 'a', purpose: 'limits', bytes: Buffer.alloc(32, 7) }]),
      clock,
    };
    @Module({
      imports: [
        FoundationModule.for(foundation),
        LimitsModule,
        PatronusModule.forRoot({ identityProvider: mockIdentity() }),
      ],
      controllers: [DoorsController],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    })
    class BedModule {}
    const module = await Test.createTestingModule({ imports: [BedModule] }).compile();
    const app = module.createNestApplication<NestExpressApplication>({ logger: false });
    app.set('trust proxy', settings.trustProxy);
    const refuse = oauthErrorRenderer(new BrowserProblemPages(new Pages(settings)));
    app.use(
      '/oauth/device',
      limitRequests(app.get(RateLimitsService), 'device', refuse),
      (_: unknown, response: ExpressResponse) => response.json({ through: true }),
    );
    await app.listen(0, '127.0.0.1');
    return new LimitedBed(app, clock);
  }

  get(path: string, from: string): Promise<Response> {
    return fetch(this.#base + path, { headers: { 'x-forwarded-for': from } });
  }

  login(from: string, body: unknown = {}): Promise<Response> {
    return fetch(`${this.#base}/login`, {
      method: 'POST',
      headers: { 'x-forwarded-for': from, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
