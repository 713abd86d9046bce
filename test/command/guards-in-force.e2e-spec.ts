import 'reflect-metadata';
import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Module,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { ResolveField, Resolver } from '@nestjs/graphql';
import {
  AuthGuard,
  OptionalAuth,
  PatronusModule,
  type PatronusModuleOptions,
  PermissionsGuard,
  Public,
  RequirePermissions,
} from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { microservices } from '@patronus/nestjs/microservices';
import { readCall } from '../../libs/patronus/src/command/explain/call.js';
import { explainText } from '../../libs/patronus/src/command/explain/explain-text.js';
import { findHandler } from '../../libs/patronus/src/command/explain/find-handler.js';
import { judgeCall } from '../../libs/patronus/src/command/explain/judge-call.js';
import { presentRequest } from '../../libs/patronus/src/command/explain/presented-request.js';
import { Output } from '../../libs/patronus/src/command/output.js';
import { authorityMap } from '../../libs/patronus/src/command/routes/authority-map.js';
import { authorityText } from '../../libs/patronus/src/command/routes/authority-text.js';
import { ask } from '../core/ask.js';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { freePort } from '../environment/free-port.mjs';

@Controller()
@RequirePermissions('notes.write')
class NotesController {
  @Get('none') none() {}
  @Get('caller') @UseGuards(AuthGuard) caller() {}
  @Get('late') @UseGuards(PermissionsGuard, AuthGuard) late() {}
  @Get('both') @UseGuards(AuthGuard, PermissionsGuard) both() {}
}

@Controller()
class OpenController {
  @Get('bare') bare() {}
  @Get('maybe') @OptionalAuth() maybe() {}
  @Get('open') @Public() open() {}
}

@Controller()
class SumController {
  @MessagePattern('sum') @RequirePermissions('notes.read') sum() {}
}

@Resolver('Note')
class NoteResolver {
  @ResolveField() text() {}
}

describe('the commands, where guards are manual', () => {
  let app: INestApplication;
  let url: string;

  async function make(
    parts: { readonly controllers?: Type[]; readonly providers?: Type[] },
    options: Partial<PatronusModuleOptions> = {},
  ): Promise<INestApplication> {
    @Module({
      ...parts,
      imports: [
        PatronusModule.forRoot({
          identityProvider: new TokenTableProvider(),
          permissions: { roles: { reader: ['notes.read'], writer: ['notes.*'] } },
          ...options,
        }),
      ],
    })
    class AppModule {}
    return NestFactory.create(AppModule, { logger: false, abortOnError: false });
  }

  async function judge(on: INestApplication, method: string, target: string, token?: string) {
    const call = readCall(method, target);
    const { handler, params } = findHandler(on, call, {});
    const headers = token === undefined ? [] : [['authorization', `Bearer ${token}`] as const];
    const judgement = await judgeCall(on, handler, presentRequest(call, params, headers));
    return { judgement, text: explainText(target, handler.coverage, judgement, new Output()) };
  }

  describe('on HTTP', () => {
    beforeAll(async () => {
      app = await make({ controllers: [NotesController, OpenController] }, { guards: 'manual' });
      await app.listen(0, '127.0.0.1');
      url = await app.getUrl();
    });
    afterAll(() => app.close());

    it.each(['none', 'caller', 'late', 'both', 'bare', 'maybe', 'open'])(
      'explain says of /%s what happens',
      async (path) => {
        for (const token of [undefined, 'ana']) {
          const { status, body } = await ask({ app, url }, path, token);
          const { judgement } = await judge(app, 'GET', `/${path}`, token);
          const { code } = body as { code?: string };
          expect(judgement.code ?? judgement.verdict).toBe(status === 200 ? 'allowed' : code);
        }
      },
    );

    it.each([
      ['none', 'guards    none; the rule lacks AuthGuard and PermissionsGuard'],
      ['caller', 'guards    AuthGuard; the rule lacks PermissionsGuard'],
      [
        'late',
        'guards    PermissionsGuard, AuthGuard; the rule lacks an AuthGuard before its PermissionsGuard',
      ],
      ['bare', 'guards    none'],
    ])('explain says of /%s which guards there are', async (path, line) => {
      expect((await judge(app, 'GET', `/${path}`)).text.split('\n')).toContain(line);
    });

    it('explain says what is asked of nobody', async () => {
      expect((await judge(app, 'GET', '/none')).text).toBe(
        [
          'allowed',
          'call      /none (NotesController.none)',
          'guards    none; the rule lacks AuthGuard and PermissionsGuard',
          'caller    not known',
          "rule      @RequirePermissions('notes.write'): not looked at, in the authority of the tenant",
        ].join('\n'),
      );
    });

    it('explain says nothing of the guards of a handler that has them', async () => {
      expect((await judge(app, 'GET', '/both', 'ana')).text).not.toMatch(/^guards/m);
    });

    it('routes says who gets in, and what the rule lacks', () => {
      const lines = authorityText(authorityMap(app), new Output())
        .split('\n')
        .map((line) => line.trim().replaceAll(/ {2,}/g, '|'));
      const rule = "@RequirePermissions('notes.write')";
      expect(lines).toEqual(
        expect.arrayContaining([
          'GET /bare|no rule, no guard|everybody',
          `GET /both|${rule}|writer`,
          `GET /caller|${rule} lacks PermissionsGuard|every known caller`,
          `GET /late|${rule} lacks an AuthGuard before its PermissionsGuard|no role alone`,
          'GET /maybe|@OptionalAuth() lacks AuthGuard|everybody',
          `GET /none|${rule} lacks AuthGuard and PermissionsGuard|everybody`,
          'GET /open|@Public()|everybody',
          expect.stringMatching(/^4 handlers have a rule that no guard enforces: /),
        ]),
      );
    });

    it('routes has the guards in its document', () => {
      const { routes } = authorityMap(app);
      expect(routes.find(({ handler }) => handler === 'NotesController.late')).toMatchObject({
        guards: ['PermissionsGuard', 'AuthGuard'],
        enforces: 'refusal',
        refusal: 'order',
        missingGuards: ['AuthGuard'],
        may: { everybody: { may: 'no', because: 'no AuthGuard runs before its PermissionsGuard' } },
      });
    });
  });

  describe('elsewhere', () => {
    let other: INestApplication;
    afterEach(() => other.close());

    it('say that a microservice without the guards of the application is closed', async () => {
      other = await make({ controllers: [SumController] }, { transports: [microservices()] });
      const options = { host: '127.0.0.1', port: await freePort() };
      other.connectMicroservice({ transport: Transport.TCP, options });
      const because = 'its microservice is connected without { inheritAppConfig: true }';
      const { judgement } = await judge(other, 'RPC', 'sum', 'ana');
      expect(judgement).toMatchObject({ code: 'transport_unsupported', reason: because });
      const { routes, notes } = authorityMap(other);
      expect(routes[0]?.may.roles['reader']).toEqual({ may: 'no', because });
      expect(notes).toEqual([expect.stringContaining('Pass { inheritAppConfig: true }')]);
    });

    it('say that a field without guards of its own depends on what is above it', async () => {
      other = await make(
        { providers: [NoteResolver] },
        { guards: 'manual', transports: [graphql()] },
      );
      const { judgement, text } = await judge(other, 'FIELD', 'NoteResolver.text');
      expect(judgement).toMatchObject({ verdict: 'depends', unasked: ['the fields above it'] });
      expect(text).toContain('guards    none');
      const [row] = authorityMap(other).routes;
      expect(row?.may.knownCallers).toEqual({ may: 'depends', because: 'the fields above it' });
    });

    it('name a permission that no role grants', async () => {
      @Controller()
      class TypoController {
        @Get() @RequirePermissions('noets.read') get() {}
      }
      other = await make({ controllers: [TypoController] });
      expect(authorityMap(other).notes).toEqual([
        'No role grants "noets.read", which TypoController.get requires. Did you mean "notes.read"? Until then, only a token that names the permission itself is let in.',
      ]);
    });
  });
});
