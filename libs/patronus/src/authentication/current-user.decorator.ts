import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RepeatedWarnings } from '../errors/repeated-warnings.js';
import type { Identity } from '../identity/identity.js';
import { currentScope } from '../identity/request-scope.js';

const warnings = new RepeatedWarnings();

/**
 * The {@link Identity} of the caller, or undefined if there is none: for a caller without a token
 * on an `@OptionalAuth()` route, and for every caller of a `@Public()` one.
 *
 * @example
 * me(@CurrentUser() user: Identity) { return user.email; }
 * profile(@CurrentUser() { account }: Identity<User>) { return account.toDto(); }
 */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  identityFor('@CurrentUser()', context),
);

/**
 * Account of the caller, as the application's {@link AccountSource} returned it, or undefined if
 * there is none. Without the option `accounts` it is always undefined, and the log has a warning.
 *
 * @example
 * profile(@CurrentAccount() user: User) { return user.toDto(); }
 */
export const CurrentAccount = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const identity = identityFor('@CurrentAccount()', context);
  // A source that finds no account refuses the caller, so without an account there is no source.
  if (identity !== undefined && identity.account === undefined) {
    const route = routeOf(context);
    warnings.warn(
      `@CurrentAccount() without accounts ${route}`,
      `@CurrentAccount() of ${route} is undefined: PatronusModule has no option accounts. Give it an AccountSource, or read the caller with @CurrentUser().`,
    );
  }
  return identity?.account;
});

function identityFor(decorator: string, context: ExecutionContext): Identity | undefined {
  const scope = currentScope();
  if (scope?.isPublic === true) {
    const route = routeOf(context);
    warnings.warn(
      `${decorator} ${route}`,
      `${decorator} of ${route} is undefined: the route is @Public(), and tokens are not read there. Write @OptionalAuth() to know callers that send one.`,
    );
  }
  return scope?.identity;
}

function routeOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}
