import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Args,
  Field,
  GraphQLModule,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  type AllowedEvent,
  AuthEvents,
  Authorize,
  Memberships,
  OwnedResource,
  PatronusModule,
  type PolicyContext,
  RequireOwner,
  RequirePermissions,
  Resource,
  ResourcePolicy,
  TenantContext,
} from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { TokenTableProvider } from '../../core/token-table.provider.js';
import { type GraphqlResult, query, SERVERS } from './graphql-bed.js';

interface Letter {
  readonly id: string;
  readonly owner: string;
}

const LETTERS = new Map(
  ['ana-1', 'ana-2', 'ben-1'].map((id) => [id, { id, owner: id.slice(0, 3) }]),
);

@Injectable()
class OwnLetter extends OwnedResource<Letter> {
  override load({ params }: PolicyContext) {
    return LETTERS.get(params['id'] ?? '');
  }
  override tenantOf() {
    return 'norte';
  }
  override ownerOf({ owner }: Letter) {
    return owner;
  }
}

@Injectable()
class CanRead extends ResourcePolicy<Letter> {
  override load({ params }: PolicyContext) {
    return LETTERS.get(params['id'] ?? '');
  }
  override tenantOf() {
    return 'norte';
  }
  override permits({ owner }: Letter, { identity }: PolicyContext) {
    return owner === identity.id;
  }
}

class Everywhere extends Memberships {
  override tenantsOf() {
    return ['norte', 'sur'];
  }
}

@ObjectType()
class Desk {
  @Field() clinic!: string;
}

const burnt: string[] = [];
const allowed: AllowedEvent[] = [];

@Resolver(() => Desk)
class LettersResolver {
  constructor(private readonly tenant: TenantContext) {}

  @Mutation(() => String) @RequireOwner(OwnLetter) burn(@Args('id') id: string) {
    burnt.push(id);
    return id;
  }
  @Query(() => String) @Authorize(CanRead) letter(
    @Args('id') _id: string,
    @Resource() { id }: Letter,
  ) {
    return id;
  }
  @Query(() => Desk) @RequirePermissions('notes.read') desk(@Args('clinic') _clinic: string): Desk {
    return { clinic: this.tenant.id };
  }
  /** Resolved without a guard, which is Nest's default for the fields of types. */
  @ResolveField(() => String) keeper() {
    return this.tenant.id;
  }
}

const codesOf = ({ errors = [] }: GraphqlResult) =>
  errors.map(({ path, extensions }) => [path?.[0], extensions?.['code']]);

describe.each(SERVERS)('several fields of one request, $name', ({ adapter, module }) => {
  let app: INestApplication;
  let url: string;

  async function start(memberships?: Memberships): Promise<void> {
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: new TokenTableProvider(),
          tenancy: { path: 'clinic', ...(memberships && { memberships }) },
          transports: [graphql()],
        }),
        GraphQLModule.forRoot({ autoSchemaFile: true, ...module }),
      ],
      providers: [LettersResolver, OwnLetter, CanRead],
    })
    class LettersModule {}
    app = await NestFactory.create(LettersModule, adapter(), {
      logger: false,
      abortOnError: false,
    });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    app.get(AuthEvents).on('allowed', (event) => allowed.push(event));
  }

  const ask = (text: string, authorization = 'Bearer ana.norte') =>
    query({ app, url }, text, { authorization });

  describe('of callers of one tenant', () => {
    beforeAll(() => start());
    afterAll(() => app.close());
    beforeEach(() => {
      burnt.length = 0;
      allowed.length = 0;
    });

    it('asks a policy about the resource of each of them', async () => {
      const answer = await ask('mutation { a: burn(id: "ana-1") b: burn(id: "ben-1") }');
      expect(codesOf(answer)).toEqual([['b', 'permission_denied']]);
      expect(burnt).toEqual(['ana-1']);
    });

    it('hands each of them its own resource', async () => {
      const { data } = await ask('{ a: letter(id: "ana-1") b: letter(id: "ana-2") }');
      expect(data).toEqual({ a: 'ana-1', b: 'ana-2' });
    });

    it('compares the tenant that each of them names', async () => {
      const text = 'a: desk(clinic: "norte") { clinic } b: desk(clinic: "sur") { clinic }';
      expect(codesOf(await ask(`{ ${text} }`))).toEqual([['b', 'tenant_mismatch']]);
    });

    it('tells of each of them, under one decision', async () => {
      const { errors } = await ask('mutation { a: burn(id: "ana-1") b: burn(id: "ana-2") }');
      expect(errors).toBeUndefined();
      expect(allowed.map(({ path }) => path)).toEqual(['burn', 'burn']);
      expect(new Set(allowed.map(({ decisionId }) => decisionId)).size).toBe(1);
    });

    it('lets what is not guarded know the tenant', async () => {
      const { data } = await ask('{ a: desk(clinic: "norte") { keeper } }');
      expect(data).toEqual({ a: { keeper: 'norte' } });
    });
  });

  describe('of callers of two tenants', () => {
    beforeAll(() => start(new Everywhere()));
    afterAll(() => app.close());

    it('runs each of them in the tenant that it names', async () => {
      const text = 'a: desk(clinic: "norte") { clinic } b: desk(clinic: "sur") { clinic }';
      const { data } = await ask(`{ ${text} }`, 'Bearer ana');
      expect(data).toEqual({ a: { clinic: 'norte' }, b: { clinic: 'sur' } });
    });

    it('leaves what is not guarded without a tenant where it could be either', async () => {
      const text = 'a: desk(clinic: "norte") { keeper } b: desk(clinic: "sur") { keeper }';
      const { data, errors } = await ask(`{ ${text} }`, 'Bearer ana');
      expect(data).toBeNull();
      expect(errors).not.toHaveLength(0);
    });
  });
});
