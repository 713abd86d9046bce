import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type INestApplication, type Type, UseGuards } from '@nestjs/common';
import { Field, GraphQLModule, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  PatronusError,
  type PatronusModuleOptions,
  PermissionsGuard,
  Public,
  RequirePermissions,
} from '@patronus/nestjs';
import { graphql } from '@patronus/nestjs/graphql';
import { BOTH, expectedOf, GuardBed, type Guards, MANUAL, rowOf } from '../guard-readings.js';
import { query, SERVERS } from './graphql-bed.js';

const bed = new GuardBed();

describe.each(SERVERS)('GraphQL by $name', ({ adapter, module }) => {
  @ObjectType()
  class Note {
    @Field() text!: string;
  }

  function resolverWith(guards: Guards): Type {
    @Resolver(() => Note)
    class NoteResolver {
      @Query(() => String) @RequirePermissions('notes.write') @UseGuards(...guards) handler() {
        return 'in';
      }
      @Query(() => Note) @Public() note() {
        return { text: '' };
      }
    }
    return NoteResolver;
  }

  function fieldWith(guards: Guards): Type {
    @Resolver(() => Note)
    class FieldResolver {
      @Query(() => Note) @Public() note() {
        return { text: '' };
      }
      @ResolveField(() => String)
      @RequirePermissions('notes.write')
      @UseGuards(...guards)
      handler() {
        return 'in';
      }
    }
    return FieldResolver;
  }

  function operationsWith(guards: Guards): Type {
    @Resolver('Query')
    class OperationsResolver {
      // Without a decorator of GraphQL: the type of the class makes it a query.
      @RequirePermissions('notes.write') @UseGuards(...guards) handler() {
        return 'in';
      }
      @Query('open') @Public() open() {
        return '';
      }
    }
    return OperationsResolver;
  }

  function rootFieldWith(guards: Guards): Type {
    @Resolver('Query')
    class RootFieldResolver {
      @ResolveField('handler') @RequirePermissions('notes.write') @UseGuards(...guards) handler() {
        return 'in';
      }
      @Query('open') @Public() open() {
        return '';
      }
    }
    return RootFieldResolver;
  }

  /** Options of a schema that is written by hand. */
  const written = {
    autoSchemaFile: false,
    typeDefs: 'type Query { handler: String open: String }',
  };

  async function start(
    resolver: Type,
    options: Partial<PatronusModuleOptions>,
    enhancers: object = { fieldResolverEnhancers: ['guards', 'interceptors'] },
  ) {
    const imports = [GraphQLModule.forRoot({ autoSchemaFile: true, ...module, ...enhancers })];
    const made = await bed.make({ providers: [resolver], imports }, options, adapter());
    await made.listen(0, '127.0.0.1');
    return made;
  }

  async function codesOf(made: INestApplication, text: string) {
    const url = await made.getUrl();
    const outcomes = [];
    for (const headers of [{}, { authorization: 'Bearer ana' }]) {
      const { data, errors } = await query({ app: made, url }, text, headers as {});
      outcomes.push(errors?.[0]?.extensions?.['code'] ?? JSON.stringify(data).match(/in/)?.[0]);
    }
    return outcomes;
  }

  it.each(MANUAL)(
    'query with %s: what is read is what happens',
    async (_which, guards, reading) => {
      const made = await start(resolverWith(guards), { guards: 'manual', transports: [graphql()] });
      expect(rowOf(made, /handler/)).toMatchObject(reading);
      expect(await codesOf(made, '{ handler }')).toEqual(expectedOf(reading));
    },
  );

  it.each(MANUAL)(
    'query by its class with %s: what is read is what happens',
    async (_which, guards, reading) => {
      const options = { guards: 'manual', transports: [graphql()] } as const;
      const made = await start(operationsWith(guards), options, written);
      expect(rowOf(made, /handler/)).toMatchObject({ ...reading, calls: ['QUERY handler'] });
      expect(await codesOf(made, '{ handler }')).toEqual(expectedOf(reading));
    },
  );

  it.each(MANUAL)(
    'query by @ResolveField() in the class of a root type with %s: what is read is what happens',
    async (_which, guards, reading) => {
      const options = { guards: 'manual', transports: [graphql()] } as const;
      const made = await start(rootFieldWith(guards), options, written);
      expect(rowOf(made, /handler/)).toMatchObject({ ...reading, calls: ['QUERY handler'] });
      expect(await codesOf(made, '{ handler }')).toEqual(expectedOf(reading));
    },
  );

  it('does not start, enforced, with an open @ResolveField() in the class of a root type', async () => {
    @Resolver('Query')
    class UnruledResolver {
      @ResolveField('handler') handler() {}
      @Query('open') @Public() open() {}
    }
    const options = { guards: 'manual', coverage: 'enforce', transports: [graphql()] } as const;
    await expect(start(UnruledResolver, options, written)).rejects.toThrow(
      /every caller may call QUERY handler \(UnruledResolver\.handler\)/,
    );
  });

  it('converts the errors of a query by its class', async () => {
    @Resolver('Query')
    class RefusingResolver {
      @Public() handler() {
        throw new PatronusError('resource_not_found');
      }
      @Public() open() {}
    }
    const made = await start(RefusingResolver, { transports: [graphql()] }, written);
    expect(await codesOf(made, '{ handler }')).toEqual([
      'resource_not_found',
      'resource_not_found',
    ]);
  });

  it('does not start, enforced, with an open query by its class', async () => {
    for (const mode of ['manual', 'global'] as const) {
      @Resolver('Query')
      class UnruledResolver {
        handler() {}
        @Query('open') @Public() open() {}
      }
      const options = { guards: mode, coverage: 'enforce', transports: [graphql()] } as const;
      await expect(start(UnruledResolver, options, written)).rejects.toThrow(
        /QUERY handler \(UnruledResolver\.handler\)/,
      );
    }
  });

  it.each(MANUAL)(
    'field with %s: what is read is what happens',
    async (_which, guards, reading) => {
      const made = await start(fieldWith(guards), { guards: 'manual', transports: [graphql()] });
      const enforces = reading.enforces === 'nothing' ? { enforces: 'parent' } : {};
      expect(rowOf(made, /handler/)).toMatchObject({ ...reading, ...enforces });
      expect(await codesOf(made, '{ note { handler } }')).toEqual(expectedOf(reading));
    },
  );

  it('knows that Nest runs no guards for fields, unless its options say so', async () => {
    const made = await start(fieldWith(BOTH), { guards: 'manual' }, {});
    expect(rowOf(made, /handler/)).toMatchObject({
      guards: [],
      enforces: 'parent',
      missingGuards: ['AuthGuard', 'PermissionsGuard'],
    });
    expect(await codesOf(made, '{ note { handler } }')).toEqual(['in', 'in']);
    expect(bed.warnings(/Nest runs no guards for fields/)).toEqual([
      expect.stringMatching(/\(FieldResolver\.handler\)\. Add fieldResolverEnhancers: /),
    ]);
  });

  it('warns of graphql() that is not listed, and logs its refusals once', async () => {
    const made = await start(resolverWith([]), {});
    expect(bed.warnings(/the option "transports" lists none for graphql/)).toHaveLength(1);
    expect(await codesOf(made, '{ handler }')).not.toContain('in');
    expect(bed.warnings(/^transport_unsupported .*NoteResolver\.handler/)).toHaveLength(1);
  });

  it('says in the log that AuthGuard was forgotten', async () => {
    const made = await start(resolverWith([PermissionsGuard]), {
      guards: 'manual',
      transports: [graphql()],
    });
    await codesOf(made, '{ handler }');
    expect(bed.warnings(/^guard_missing .*"reason":"AuthGuard did not run before/)).toHaveLength(1);
  });
});
