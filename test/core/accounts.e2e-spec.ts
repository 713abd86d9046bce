import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  Req,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  AccountCache,
  AccountSource,
  type AccountSubject,
  AuthEvents,
  type Credential,
  CurrentAccount,
  CurrentUser,
  type DeniedEvent,
  Identity,
  PatronusModule,
  type PatronusModuleAsyncOptions,
  type PatronusModuleOptions,
  PermissionSource,
  type PermissionSubject,
  Public,
  RequirePermissions,
  Revocations,
  TenantContext,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';
import { TokenTableProvider } from './token-table.provider.js';

/** Row of the application's table. */
class User {
  logins = 0;
  readonly picture = Buffer.from('picture');

  constructor(
    readonly name: string,
    readonly roles: readonly string[],
  ) {}
}

@Injectable()
class Users extends AccountSource<User> {
  asked = 0;
  private readonly rows = new Map<string, User>();

  constructor(
    readonly tenant: TenantContext,
    readonly cache: AccountCache,
  ) {
    super();
    this.rows.set('ana', new User('Ana', ['reader']));
    this.rows.set('ben', new User('Ben', []));
  }

  override async accountOf({ identity }: AccountSubject): Promise<User | undefined> {
    this.asked += 1;
    await new Promise(setImmediate);
    return this.rows.get(identity.id);
  }

  remove(id: string): void {
    this.rows.delete(id);
  }
}

/** Reads the roles that the account was loaded with: one query for both. */
@Injectable()
class AccountRoles extends PermissionSource {
  override grantsOf({ identity }: PermissionSubject<User>) {
    return { roles: identity.account.roles };
  }
}

@Injectable()
class NotEveryone implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<{ user: Identity<User> }>();
    return user.account.name !== 'Ben';
  }
}

@Controller()
class NotesController {
  @Get('closed') closed(@CurrentUser() { account }: Identity<User>) {
    account.logins += 1;
    return { logins: account.logins, picture: account.picture.toString() };
  }
  @Get('request') request(@Req() { user }: { user: Identity<User> }) {
    return { isIdentity: user instanceof Identity, name: user.account.name };
  }
  @Get('whole') whole(@CurrentUser() user: Identity) {
    return user;
  }
  @Get('guarded') @UseGuards(NotEveryone) guarded(@CurrentAccount() { name }: User) {
    return { name };
  }
  @Get('read') @RequirePermissions('notes.read') read(@CurrentAccount() { name }: User) {
    return { name };
  }
  @Get('open') @Public() open(@CurrentAccount() account?: User) {
    return { account: account ?? null };
  }
}

/** Provider that sets the time of issue, so that its tokens outlive a revocation of older ones. */
class DatedProvider extends TokenTableProvider {
  override async authenticate(credential: Credential): Promise<Identity> {
    const { id, issuer, provider, tenantId, permissions, expiresAt } = await super.authenticate(
      credential,
    );
    const issuedAt = Date.now() / 1000;
    return new Identity({ id, issuer, provider, tenantId, permissions, expiresAt, issuedAt });
  }
}

const PROVIDER = () => new DatedProvider('https://id.example');
const READERS = { roles: { reader: ['notes.read'] } };

@Module({ providers: [Users], exports: [Users] })
class UsersModule {}

describe.each(ADAPTERS)('accounts of the application, on %s', (_name, adapter) => {
  let on: ListeningApp;
  afterEach(() => on.app.close());

  async function start(patronus: ReturnType<typeof PatronusModule.forRoot>) {
    @Module({ imports: [patronus], controllers: [NotesController] })
    class AppModule {}
    on = await listen(AppModule, adapter());
    return on.app.get<Users>(AccountSource, { strict: false });
  }

  const plain = (options: Partial<PatronusModuleOptions>) =>
    start(PatronusModule.forRoot({ identityProvider: PROVIDER(), ...options }));
  const later = (options: Partial<PatronusModuleAsyncOptions>, accounts?: AccountSource) =>
    start(
      PatronusModule.forRootAsync({
        useFactory: () => ({ identityProvider: PROVIDER(), ...(accounts && { accounts }) }),
        ...options,
      }),
    );
  const code = async (path: string, token: string) => (await ask(on, path, token)).body;

  class Ready extends AccountSource<User> {
    override accountOf({ identity }: AccountSubject) {
      return identity.id === 'gone' ? undefined : new User(identity.id, []);
    }
  }

  it.each<[string, () => Promise<unknown>]>([
    ['a class', () => plain({ accounts: { useClass: Users } })],
    ['an instance', () => plain({ accounts: new Ready() })],
    ['a provider', () => plain({ imports: [UsersModule], accounts: { useExisting: Users } })],
    ['a factory', () => plain({ accounts: { useFactory: async () => new Ready() } })],
    ['a class beside the factory of options', () => later({ accounts: { useClass: Users } })],
    [
      'a factory beside the factory of options',
      () =>
        later({
          imports: [UsersModule],
          accounts: { inject: [Users], useFactory: (users: Users) => users },
        }),
    ],
    ['an instance of the factory of options', () => later({}, new Ready())],
  ])('are found by %s', async (_form, run) => {
    await run();
    expect(await ask(on, 'closed', 'ana')).toMatchObject({ status: 200 });
    expect(await ask(on, 'closed', 'gone')).toMatchObject({
      status: 401,
      body: { code: 'token_invalid' },
      challenge: expect.stringContaining('error="invalid_token"'),
    });
    expect(await ask(on, 'open', 'gone')).toMatchObject({ status: 200, body: { account: null } });
  });

  it('are entities, not frozen, and not shown with the identity', async () => {
    await plain({ accounts: { useClass: Users } });
    for (const logins of [1, 2]) {
      expect(await ask(on, 'closed', 'ana')).toMatchObject({
        body: { logins, picture: 'picture' },
      });
    }
    expect(await code('request', 'ana')).toEqual({ isIdentity: true, name: 'Ana' });
    const whole = await code('whole', 'ana');
    expect(whole).toMatchObject({ id: 'ana', permissions: ['notes.read'] });
    expect(whole).not.toHaveProperty('account');
  });

  it('reach guards of the application, and its permission source', async () => {
    await plain({
      accounts: { useClass: Users },
      permissions: { ...READERS, source: { useClass: AccountRoles } },
    });
    expect(await ask(on, 'guarded', 'ana')).toMatchObject({ status: 200, body: { name: 'Ana' } });
    expect(await ask(on, 'guarded', 'ben')).toMatchObject({ status: 403 });
    expect(await ask(on, 'read', 'ana')).toMatchObject({ status: 200, body: { name: 'Ana' } });
    expect(await ask(on, 'read', 'ben')).toMatchObject({ status: 403 });
  });

  it('are asked for once by a hundred requests, and by two tokens of one caller', async () => {
    const users = await plain({ accounts: { useClass: Users } });
    const crowd = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 'ana' : 'ana.'));
    const answers = await Promise.all(crowd.map((token) => ask(on, 'request', token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(users.asked).toBe(1);
  });

  it('are asked for again when the user is revoked, and not when a session is', async () => {
    const users = await plain({ accounts: { useClass: Users } });
    await ask(on, 'closed', 'ana');
    await ask(on, 'closed', 'ben');
    expect(users.asked).toBe(2);
    const revocations = on.app.get(Revocations);
    await revocations.revoke({ session: 's1' });
    await revocations.revoke({ token: 't1' });
    await ask(on, 'closed', 'ben');
    expect(users.asked).toBe(2);
    users.remove('ana');
    await revocations.revoke({ user: 'ana', issuer: 'https://other.example', issuedBefore: 0 });
    await revocations.revoke({ user: 'ana', tenant: 'nowhere', issuedBefore: 0 });
    expect(await ask(on, 'closed', 'ana')).toMatchObject({ status: 200 });
    await revocations.revoke({ user: 'ana', issuer: 'https://id.example', issuedBefore: 0 });
    expect(await ask(on, 'closed', 'ana')).toMatchObject({
      status: 401,
      body: { code: 'token_invalid' },
    });
    expect(await ask(on, 'closed', 'ben')).toMatchObject({ status: 200 });
    expect(users.asked).toBe(3);
  });

  it('come too late where the caller is revoked while they are asked for', async () => {
    const accountOf = async ({ identity }: AccountSubject) => {
      await on.app.get(Revocations).revoke({ user: identity.id, issuedBefore: Date.now() / 1000 });
      return new User('Ana', []);
    };
    await plain({ accounts: { useFactory: () => ({ accountOf }) } });
    expect(await ask(on, 'closed', 'ana')).toMatchObject({ body: { code: 'token_revoked' } });
  });

  it('tell who was refused, and why', async () => {
    const users = await plain({ accounts: { useClass: Users } });
    const events: DeniedEvent[] = [];
    on.app.get(AuthEvents).on('denied', (event) => events.push(event));
    users.remove('ana');
    await ask(on, 'closed', 'ana');
    const reason = 'the caller has no account';
    expect(events).toEqual([
      expect.objectContaining({ code: 'token_invalid', user: 'ana', reason }),
    ]);
  });
});

@Injectable({ scope: Scope.REQUEST })
class OfRequest {}

@Injectable()
class Scoped extends AccountSource<User> {
  constructor(readonly request: OfRequest) {
    super();
  }
  override accountOf() {
    return undefined;
  }
}

describe('the option accounts', () => {
  let started: ListeningApp | undefined;
  beforeEach(() => void (started = undefined));
  afterEach(() => started?.app.close());

  it.each([
    ['a class', Users],
    ['nothing that can be asked', { useFactory: () => ({}) }],
    ['a factory of null', { useFactory: () => null }],
    ['a factory of nothing', { useFactory: () => undefined }],
    ['a class that needs the request', { useClass: Scoped }],
  ])('refuses the start with %s', async (_name, given) => {
    const accounts = Object.assign(Object.create(null), { given }).given;
    @Module({ providers: [OfRequest], exports: [OfRequest] })
    class RequestModule {}
    const imports = [RequestModule];
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider: PROVIDER(), accounts, imports })],
    })
    class AppModule {}
    const start = async () => (started = await listen(AppModule, new ExpressAdapter()));
    await expect(start()).rejects.toMatchObject({ path: 'accounts' });
  });
});
