import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, type INestApplication, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  MessagePattern,
  type TcpClientOptions,
  Transport,
} from '@nestjs/microservices';
import {
  CurrentAccount,
  CurrentUser,
  type Identity,
  OptionalAuth,
  PatronusModule,
  Public,
  TenantContext,
} from '@patronus/nestjs';
import { microservices } from '@patronus/nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { freePort } from '../environment/free-port.mjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { TokenTableProvider } from './token-table.provider.js';

@Controller()
class WebhooksController {
  constructor(private readonly tenant: TenantContext) {}

  @Public() @Get('user') @MessagePattern('user') user(@CurrentUser() user?: Identity) {
    return user?.id ?? 'no caller';
  }
  @OptionalAuth() @Get('optional') optional(@CurrentUser() user?: Identity) {
    return user?.id ?? 'no caller';
  }
  @OptionalAuth() @Get('account') account(@CurrentAccount() account?: object) {
    return account ?? 'no account';
  }
  @Public() @Get('tenant') @MessagePattern('tenant') ofTenant() {
    return this.tenant.id;
  }
  @OptionalAuth() @Get('anyone') anyone() {
    return this.tenant.id;
  }
}

describe.each(ADAPTERS)('what a production log says of a route, on %s', (_name, adapter) => {
  let app: INestApplication;
  let url: string;
  let tcp: TcpClientOptions;
  let warnings: string[];

  beforeEach(async () => {
    // Each test runs in a different minute.
    jest.spyOn(Date, 'now').mockReturnValue((minute += 100_000));
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void warnings.push(line));
    const identityProvider = new TokenTableProvider();
    const transports = [microservices()];
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider, tenancy: {}, transports })],
      controllers: [WebhooksController],
    })
    class AppModule {}
    app = await NestFactory.create(AppModule, adapter(), { logger: false, abortOnError: false });
    tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: await freePort() } };
    app.connectMicroservice(tcp, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(async () => {
    await app.close();
    jest.restoreAllMocks();
  });

  async function send(pattern: string): Promise<unknown> {
    const client = ClientProxyFactory.create(tcp);
    try {
      return await firstValueFrom(client.send<unknown>(pattern, {}));
    } catch (error) {
      return error;
    } finally {
      await client.close();
    }
  }

  const PUBLIC_USER =
    '@CurrentUser() of WebhooksController.user is undefined: the route is @Public(), and tokens are not read there. Write @OptionalAuth() to know callers that send one.';

  it('names the remedy for @CurrentUser() on a public route, once', async () => {
    for (const token of ['ana.norte', undefined]) {
      expect((await ask({ app, url }, 'user', token)).body).toBe('no caller');
      expect((await ask({ app, url }, 'optional', token)).body).toBe(token ? 'ana' : 'no caller');
    }
    expect(warnings).toEqual([expect.stringContaining(PUBLIC_USER)]);
  });

  it('names the option for @CurrentAccount() without accounts, once', async () => {
    expect((await ask({ app, url }, 'account')).body).toBe('no account');
    expect(warnings).toEqual([]);
    for (let at = 0; at < 2; at += 1) {
      expect((await ask({ app, url }, 'account', 'ana.norte')).body).toBe('no account');
    }
    expect(warnings).toEqual([
      expect.stringContaining(
        '@CurrentAccount() of WebhooksController.account is undefined: PatronusModule has no option accounts. Give it an AccountSource, or read the caller with @CurrentUser().',
      ),
    ]);
  });

  it('names it on a message, too', async () => {
    expect(await send('user')).toBe('no caller');
    expect(warnings).toEqual([expect.stringContaining(PUBLIC_USER)]);
    expect(await send('tenant')).toMatchObject({ code: 'tenant_required' });
    expect(warnings[1]).toMatch(/^tenant_required: .* @Public\(\) route.* @OptionalAuth\(\)/);
  });

  it('does not say that a token names no tenant where none was looked at', async () => {
    for (const token of ['ana.norte', undefined]) {
      const { status, body, challenge } = await ask({ app, url }, 'tenant?secret=1', token);
      expect({ status, body }).toMatchObject({ status: 403, body: { code: 'tenant_required' } });
      expect(`${JSON.stringify(body)} ${challenge}`).not.toContain('token');
    }
    expect(warnings).toEqual([
      expect.stringContaining(
        'tenant_required at GET /tenant: TenantContext.id was read on a @Public() route, where tokens are not read: use idOrNull there, or open the route with @OptionalAuth() instead.',
      ),
    ]);
  });

  it('names the remedy where a caller has no tenant', async () => {
    for (let at = 0; at < 3; at += 1) await ask({ app, url }, 'anyone');
    expect(warnings).toEqual([
      expect.stringMatching(/^tenant_required at GET \/anyone: .* without a tenant: use idOrNull/),
    ]);
  });
});

let minute = Date.now();
