import { Injectable, type Type } from '@nestjs/common';
import {
  AccountCache,
  AccountSource,
  type AccountSubject,
  AuthGuard,
  CurrentAccount,
  CurrentUser,
  type Identity,
  OptionalAuth,
  PatronusError,
  TenantContext,
} from '@patronus/nestjs';

/** Account of a caller in one tenant. Mutable, and with a column of bytes. */
export class Member {
  logins = 0;
  readonly picture = Buffer.from('picture');

  constructor(readonly name: string) {}
}

/**
 * Members by `<tenant>/<id>`. Injects exports of the module, to show that this causes no circular
 * dependency.
 */
@Injectable()
export class Members extends AccountSource<Member> {
  asked: string[] = [];
  readonly rows = new Map<string, Member | null>();

  constructor(
    private readonly tenant: TenantContext,
    readonly cache: AccountCache,
    readonly guard: AuthGuard,
  ) {
    super();
  }

  override async accountOf({ identity, tenantId }: AccountSubject) {
    const key = `${this.tenant.idOrNull}/${identity.id}`;
    if (this.tenant.idOrNull !== (tenantId ?? null)) throw new Error('the tenants differ');
    this.asked.push(key);
    await new Promise(setImmediate);
    if (identity.id === 'blocked') throw new PatronusError('permission_denied');
    if (identity.id === 'sneaky') throw new PatronusError('token_missing');
    if (identity.id === 'broken') throw new TypeError('no connection');
    if (identity.id === 'slow') return new Promise<never>(() => undefined);
    return this.rows.get(key);
  }
}

/** Describes the caller of a handler, in one line. */
function lineOf(user: Identity<Member> | undefined, account: Member | undefined): string {
  if (user === undefined) return account === undefined ? 'nobody' : 'an account of nobody';
  if (user.account !== account) return 'two accounts';
  account.logins += 1;
  return `${user.id} is ${account.name}`;
}

/**
 * Creates handlers for any transport: `bind` binds one of them, `wrap` makes an answer of a line.
 */
export function memberHandlers(
  bind: (operation: string) => MethodDecorator,
  wrap: (line: string) => unknown = (line) => line,
): Type<object> {
  class Handlers {
    @bind('closed') closed(@CurrentUser() user: Identity<Member>, @CurrentAccount() own: Member) {
      return wrap(lineOf(user, own));
    }
    @bind('optional') @OptionalAuth() optional(
      @CurrentUser() user?: Identity<Member>,
      @CurrentAccount() own?: Member,
    ) {
      return wrap(lineOf(user, own));
    }
  }
  return Handlers;
}
