import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  applyDecorators,
  Controller,
  Get,
  Injectable,
  Module,
  type Provider,
  Scope,
  type Type,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Authorize, PatronusModule, Public, RequireOwner, ResourcePolicy } from '@patronus/nestjs';
import { ask } from './ask.js';
import { listen } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

@Injectable()
class Yes extends ResourcePolicy<string> {
  load() {
    return 'found';
  }
  tenantOf(): undefined {
    return undefined;
  }
  permits() {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class ForOneRequest extends Yes {}

@Injectable({ scope: Scope.TRANSIENT })
class ForOneUser extends Yes {}

@Injectable()
class OnOneRequest extends Yes {
  constructor(readonly beneath: ForOneRequest) {
    super();
  }
}

function controllerOf(decorator: ClassDecorator & MethodDecorator): Type<unknown> {
  @Controller()
  class NotesController {
    @Get('notes') @decorator notes() {
      return 'notes';
    }
  }
  return NotesController;
}

function start(decorator: ClassDecorator & MethodDecorator, providers: Provider[]) {
  @Module({ controllers: [controllerOf(decorator)], providers })
  class NotesModule {}
  @Module({
    imports: [PatronusModule.forRoot({ identityProvider: new TokenTableProvider() }), NotesModule],
  })
  class AppModule {}
  return listen(AppModule, new ExpressAdapter());
}

describe('an application whose route names a policy', () => {
  it.each<[string, Provider]>([
    ['a class', Yes],
    ['another class under its name', { provide: Yes, useClass: class extends Yes {} }],
    ['a value under its name', { provide: Yes, useValue: new Yes() }],
  ])('starts where it is a provider of any module: %s', async (_name, provider) => {
    const running = await start(Authorize(Yes), [provider]);
    try {
      expect((await ask(running, 'notes', 'ana')).status).toBe(200);
    } finally {
      await running.app.close();
    }
  });

  it.each([undefined, null])('knows no resource where %j is loaded', async (nothing) => {
    class Nothing extends Yes {
      override load() {
        return JSON.parse(JSON.stringify({ nothing })).nothing;
      }
    }
    const running = await start(Authorize(Yes), [{ provide: Yes, useClass: Nothing }]);
    try {
      expect(await ask(running, 'notes', 'ana')).toMatchObject({
        status: 404,
        body: { code: 'resource_not_found' },
      });
    } finally {
      await running.app.close();
    }
  });

  it.each<[string, Type<ResourcePolicy>, Provider[], string]>([
    ['is no provider', Yes, [], 'Yes is not a provider. Add it to'],
    [
      'is made for each request',
      ForOneRequest,
      [ForOneRequest],
      'ForOneRequest is not a singleton',
    ],
    ['is made for each user of it', ForOneUser, [ForOneUser], 'ForOneUser is not a singleton'],
    [
      'depends on what is made for each request',
      OnOneRequest,
      [OnOneRequest, ForOneRequest],
      'OnOneRequest is not a singleton',
    ],
    ['has no methods', Yes, [{ provide: Yes, useValue: {} }], 'Implement load, tenantOf, permits.'],
    ['is null', Yes, [{ provide: Yes, useValue: null }], 'Implement load, tenantOf, permits.'],
  ])('does not start where it %s', async (_name, policy, providers, message) => {
    await expect(start(Authorize(policy), providers)).rejects.toThrow(
      `@Authorize(${policy.name}): `,
    );
    await expect(start(Authorize(policy), providers)).rejects.toThrow(message);
  });

  it('does not start where the route is open at once', async () => {
    await expect(start(applyDecorators(Public(), Authorize(Yes)), [Yes])).rejects.toThrow(
      '@Public() is combined with a decorator',
    );
  });

  it.each([undefined, null, 'CanEdit'])('is not declared with %j', (policy) => {
    expect(() => Reflect.apply(Authorize, undefined, [policy])).toThrow('@Authorize(): ');
    expect(() => Reflect.apply(RequireOwner, undefined, [policy])).toThrow('@RequireOwner(): ');
  });

  it('is not declared with nothing at all', () => {
    expect(() => Reflect.apply(Authorize, undefined, [])).toThrow('@Authorize(): ');
  });
});
