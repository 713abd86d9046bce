import {
  Args,
  Field,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  Access,
  CurrentUser,
  type Identity,
  Public,
  RequirePermissions,
  permissions,
  TenantContext,
} from '@patronus/nestjs';
import { Bears } from '../behaviour-table.js';
import { type Letter, Postbox } from './postbox.js';

@ObjectType()
export class NotesAnswer {
  @Field(() => String, { nullable: true }) user!: string | null;
  @Field(() => String, { nullable: true }) tenant!: string | null;
}

@ObjectType()
export class Note {
  @Field() id!: string;
  @Field() text!: string;
}

interface Context {
  readonly req: { readonly user: Identity };
}

/** Every operation of the behaviour table, as a query. */
@Resolver()
export class OperationsResolver {
  constructor(
    private readonly tenant: TenantContext,
    private readonly access: Access,
  ) {}

  @Query(() => NotesAnswer) @Bears('open') open(@CurrentUser() user?: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('optional') optional(@CurrentUser() user?: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('closed') closed(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('anywhere') anywhere(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('read') read(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Mutation(() => NotesAnswer) @Bears('write') write(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('either') either(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('doctor') doctor(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('scoped') scoped(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('platform') platform(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('recent') recent(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('bound') bound(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('ofIssuer') ofIssuer(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('anyDoctor') anyDoctor(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('staff') staff(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('anyStaff') anyStaff(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('anyPlatform') anyPlatform(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('eitherAuthority') eitherAuthority(
    @CurrentUser() user: Identity,
  ) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('eitherScope') eitherScope(@CurrentUser() user: Identity) {
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('asked') async asked(@CurrentUser() user: Identity) {
    await this.access.require(permissions('notes.write'));
    return this.answer(user);
  }
  @Query(() => NotesAnswer) @Bears('inside') inside() {
    return { user: null, tenant: this.tenant.id };
  }

  private answer(user: Identity | undefined): NotesAnswer {
    return { user: user?.id ?? null, tenant: this.tenant.idOrNull };
  }
}

/** A public query whose type has a guarded field, and subscriptions. */
@Resolver(() => Note)
export class NoteResolver {
  constructor(
    private readonly tenant: TenantContext,
    private readonly postbox: Postbox,
  ) {}

  @Query(() => Note) @Public() note(@Args('id') id: string): Note {
    return { id, text: 'unread' };
  }

  @ResolveField(() => String) @RequirePermissions('notes.read') text(@Parent() note: Note) {
    return `${note.id} of ${this.tenant.id}`;
  }

  @Query(() => Int) @RequirePermissions('notes.read') async later(
    @Args('ms', { type: () => Int }) ms: number,
  ) {
    const before = this.tenant.id;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return before === this.tenant.id ? ms : -1;
  }

  @Subscription(() => String) @RequirePermissions('notes.read') posted() {
    return this.postbox.letters(this.tenant.id);
  }

  /** Receives the letters of all tenants, and selects those of the subscriber by `filter` only. */
  @Subscription(() => String, {
    filter(this: NoteResolver, { tenant }: Letter, _variables: unknown, { req }: Context) {
      return tenant === this.tenant.id && req.user.claims['empresa_id'] === tenant;
    },
    async resolve(this: NoteResolver, { text }: Letter, _args: unknown, { req }: Context) {
      await new Promise((resolve) => setImmediate(resolve));
      return `${text} for ${req.user.id} of ${this.tenant.id}`;
    },
  })
  @RequirePermissions('notes.read')
  heard() {
    return this.postbox.all();
  }
}
