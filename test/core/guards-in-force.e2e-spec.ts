import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Logger,
  Module,
  type ModuleMetadata,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  AuthGuard,
  Coverage,
  type HandlerCoverage,
  OptionalAuth,
  PatronusModule,
  type PatronusModuleOptions,
  PermissionsGuard,
  Public,
  RequireAuthentication,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { ARRANGEMENTS, bare, BOTH, of } from './guard-arrangements.js';
import { TokenTableProvider } from './token-table.provider.js';

/** Statuses without a token, and with one that lacks the permission. */
const SEEN: Readonly<Record<HandlerCoverage['enforces'], readonly [number, number]>> = {
  nothing: [200, 200],
  parent: [200, 200],
  caller: [401, 200],
  rule: [401, 403],
  refusal: [500, 500],
};

describe.each(ADAPTERS)('the guards before a handler, on %s', (_name, adapter) => {
  let made: INestApplication | undefined;
  const warned = jest.fn<(line: string) => void>();
  const logged = jest.fn<(line: string) => void>();

  beforeEach(() => {
    jest.resetAllMocks();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
    jest.spyOn(Logger.prototype, 'log').mockImplementation(logged);
  });
  afterEach(async () => {
    await made?.close();
    made = undefined;
  });

  async function make(
    metadata: ModuleMetadata,
    options: Partial<PatronusModuleOptions> = {},
  ): Promise<INestApplication> {
    @Module({
      ...metadata,
      imports: [
        ...(metadata.imports ?? []),
        PatronusModule.forRoot({
          identityProvider: new TokenTableProvider(),
          guards: 'manual',
          ...options,
        }),
      ],
    })
    class AppModule {}
    made = await NestFactory.create(AppModule, adapter(), { logger: false, abortOnError: false });
    return made;
  }

  it.each(Object.entries(ARRANGEMENTS))('%s: what is read is what happens', async (_which, one) => {
    const running = await make(one.metadata);
    await one.prepare?.(running);
    await running.listen(0, '127.0.0.1');
    const [row] = running.get(Coverage).table();
    expect(row).toMatchObject(one.expected);
    const server = { app: running, url: await running.getUrl() };
    const [anonymous, known] = SEEN[one.expected.enforces];
    expect((await ask(server, 'handler')).status).toBe(anonymous);
    expect((await ask(server, 'handler', 'ana')).status).toBe(known);
  });

  it.each(Object.entries(ARRANGEMENTS))(
    '%s: enforced, starts if nothing is missing',
    async (_which, one) => {
      const running = await make(one.metadata, { coverage: 'enforce' });
      const start = async () => {
        await one.prepare?.(running);
        await running.init();
      };
      const { missingGuards, enforces } = one.expected;
      if (missingGuards.length === 0) return expect(await start()).toBeUndefined();
      const lack =
        enforces === 'refusal'
          ? 'an AuthGuard before its PermissionsGuard'
          : missingGuards.join(' and ');
      await expect(start()).rejects.toThrow(
        `coverage: 1 handler has a rule that no guard enforces: GET /handler (GuardedController.handler) lacks ${lack}. Write @UseGuards(AuthGuard, PermissionsGuard), in this order,`,
      );
    },
  );

  it.each(Object.entries(ARRANGEMENTS))(
    '%s: reported, warns of what is missing',
    async (_which, one) => {
      const running = await make(one.metadata);
      await one.prepare?.(running);
      await running.init();
      const lines = warned.mock.calls
        .flat()
        .filter((line) => line.includes('a rule that no guard enforces'));
      const isMissing = one.expected.missingGuards.length > 0;
      expect(lines).toEqual(
        isMissing ? [expect.stringContaining('1 handler has a rule that no guard enforces')] : [],
      );
    },
  );

  it('counts a rule without a condition as enforced by AuthGuard alone', async () => {
    @Controller()
    class KnownController {
      @Get('known') @UseGuards(AuthGuard) @RequireAuthentication() known() {}
      @Get('maybe') @UseGuards(AuthGuard) @OptionalAuth() maybe() {}
      @Get('open') @Public() open() {}
    }
    await (await make(of(KnownController), { coverage: 'enforce' })).init();
    expect(made?.get(Coverage).table()).toMatchObject([
      { enforces: 'rule', missingGuards: [] },
      { enforces: 'rule', missingGuards: [] },
      { enforces: 'nothing', missingGuards: [] },
    ]);
  });

  it('asks for more than AuthGuard if a login has to be recent', async () => {
    @Controller()
    class RecentController {
      @Get() @UseGuards(AuthGuard) @RequireAuthentication({ within: '5m' }) recent() {}
    }
    const running = await make(of(RecentController), { coverage: 'enforce' });
    await expect(running.init()).rejects.toThrow(
      /RecentController\.recent\) lacks PermissionsGuard\./,
    );
  });

  it('asks for AuthGuard where a caller may be known', async () => {
    @Controller()
    class MaybeController {
      @Get() @UseGuards(PermissionsGuard) @OptionalAuth() maybe() {}
    }
    const running = await make(of(MaybeController), { coverage: 'enforce' });
    await expect(running.init()).rejects.toThrow(/MaybeController\.maybe\) lacks AuthGuard\./);
  });

  it('says what handlers without a rule are open to, by name while they are few', async () => {
    @Controller()
    class MixedController {
      @Get('nothing') nothing() {}
      @Get('caller') @UseGuards(AuthGuard) caller() {}
    }
    await (await make(of(MixedController))).init();
    expect(logged.mock.calls.flat()).toEqual(
      expect.arrayContaining([
        '2 handlers: 0 public, 1 without a rule (open to every known caller), 1 without a rule or a guard (open to every caller)',
        expect.stringMatching(
          /^No rule says who may call GET \/caller \(MixedController\.caller\)\. Write /,
        ),
        expect.stringMatching(
          /^Without a rule and without a guard, every caller may call GET \/nothing \(MixedController\.nothing\)\. Write /,
        ),
      ]),
    );
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([
    [19, true],
    [20, false],
  ])('names %i routes that are newly closed: %s', async (count, isNamed) => {
    @Controller()
    class ManyController {}
    for (let at = 0; at < count; at += 1) {
      const name = `r${at}`;
      const value = () => {};
      Object.defineProperty(ManyController.prototype, name, { value, writable: true });
      Get(name)(ManyController.prototype, name, { value });
    }
    await (await make(of(ManyController), { guards: 'global' })).init();
    const lines = logged.mock.calls.flat();
    expect(lines).toContain(
      `${count} handlers: 0 public, ${count} without a rule (open to every known caller)`,
    );
    expect(lines.some((line) => line.includes('GET /r0 (ManyController.r0)'))).toBe(isNamed);
  });

  it('takes what a test put in the place of a guard for that guard', async () => {
    const stub = { canActivate: () => true };
    const testing = await Test.createTestingModule({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new TokenTableProvider(),
          coverage: 'enforce',
        }),
      ],
      controllers: [bare],
    })
      .overrideProvider(AuthGuard)
      .useValue(stub)
      .overrideProvider(PermissionsGuard)
      .useValue(stub)
      .compile();
    made = testing.createNestApplication(adapter(), { logger: false });
    await expect(made.init()).resolves.toBe(made);
    expect(made.get(Coverage).table()).toMatchObject([{ guards: BOTH }]);
  });
});
