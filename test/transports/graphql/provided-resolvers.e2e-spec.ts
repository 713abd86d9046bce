import 'reflect-metadata';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type INestApplication, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Field,
  GraphQLModule,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  Coverage,
  PatronusError,
  PatronusModule,
  type PatronusModuleOptions,
  Public,
  RequirePermissions,
  TenantContext,
} from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { TokenTableProvider } from '../../core/token-table.provider.js';
import { query, SERVERS } from './graphql-bed.js';

@ObjectType()
class Note {
  @Field() text!: string;
}

@Resolver(() => Note)
class NoteResolver {
  @Query(() => Note) @Public() note() {
    return { text: '' };
  }
  @ResolveField(() => String) @RequirePermissions('notes.read') secret() {
    return 'secret';
  }
}

const tenants: { context?: TenantContext } = {};

/**
 * Creates a separate class for each application, so that no metadata of another one is left on it.
 */
function tenantResolver(): new () => object {
  @Resolver()
  class TenantResolver {
    @Query(() => String) @RequirePermissions('notes.read') tenant() {
      return tenants.context?.id;
    }
    @Query(() => String) @Public() refused() {
      throw new PatronusError('resource_not_found');
    }
  }
  return TenantResolver;
}

@Resolver()
class UnruledResolver {
  @Query(() => String) unruled() {
    return 'in';
  }
}

/** Ways to provide a resolver other than by its class. */
const WAYS: readonly (readonly [string, (resolver: new () => object) => Provider])[] = [
  ['a factory', (resolver) => ({ provide: resolver, useFactory: () => new resolver() })],
  [
    'an asynchronous factory',
    (resolver) => ({
      provide: resolver,
      useFactory: async () => {
        await new Promise(setImmediate);
        return new resolver();
      },
    }),
  ],
  ['a value', (resolver) => ({ provide: resolver, useValue: new resolver() })],
];

const running: INestApplication[] = [];
afterAll(() => Promise.all(running.map((app) => app.close())));

describe.each(SERVERS)('a resolver with $name', ({ adapter, module }) => {
  async function start(
    provider: Provider,
    options: Partial<PatronusModuleOptions>,
    enhancers: object = { fieldResolverEnhancers: ['guards', 'interceptors'] },
  ): Promise<INestApplication> {
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new TokenTableProvider(),
          tenancy: {},
          transports: [graphql()],
          ...options,
        }),
        GraphQLModule.forRoot({ autoSchemaFile: true, ...module, ...enhancers }),
      ],
      providers: [provider],
    })
    class ProvidedModule {}
    const app = await NestFactory.create(ProvidedModule, adapter(), {
      logger: false,
      abortOnError: false,
    });
    running.push(app);
    await app.listen(0, '127.0.0.1');
    return app;
  }

  describe.each(WAYS)('that comes of %s', (_way, provide) => {
    it('does not start with a rule on a field that Nest would not guard', async () => {
      await expect(start(provide(NoteResolver), {}, {})).rejects.toThrow(
        /NoteResolver\.secret would be resolved without its rule/,
      );
    });

    it('is covered: without guards, or without a rule, nothing starts', async () => {
      const coverage = 'enforce';
      await expect(
        start(provide(tenantResolver()), { guards: 'manual', coverage }),
      ).rejects.toThrow(/TenantResolver\.tenant/);
      await expect(start(provide(UnruledResolver), { coverage })).rejects.toThrow(
        /UnruledResolver\.unruled/,
      );
    });

    it('runs in the tenant of its caller, and is listed', async () => {
      const app = await start(provide(tenantResolver()), { coverage: 'enforce' });
      tenants.context = app.get(TenantContext);
      const bed = { app, url: await app.getUrl() };
      const handlers = app
        .get(Coverage)
        .table()
        .map(({ handler }) => handler);
      expect(handlers).toContain('TenantResolver.tenant');
      const asked = await query(bed, '{ tenant }', { authorization: 'Bearer ana.norte' });
      expect(asked.data).toEqual({ tenant: 'norte' });
      const anonymous = await query(bed, '{ tenant }', {});
      expect(anonymous.errors?.[0]?.extensions).toMatchObject({ code: 'token_missing' });
      const refused = await query(bed, '{ refused }', {});
      expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'resource_not_found' });
    });

    it('has its subscriptions bound to their subscribers, before Nest reads them', async () => {
      const filter = () => true;
      @Resolver()
      class PostResolver {
        @Query(() => String) @Public() any() {
          return '';
        }
        @Subscription(() => String, { filter }) @RequirePermissions('notes.read') posted() {}
      }
      await start(provide(PostResolver), {});
      const { posted } = PostResolver.prototype;
      const bound: unknown = Reflect.getMetadata('graphql:subscription_options;', posted);
      expect(bound).toEqual({ filter: expect.any(Function) });
      expect(bound).not.toEqual({ filter });
    });
  });
});
