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
 * there is none.
 *
 * @example
 * profile(@CurrentAccount() user: User) { return user.toDto(); }
 */
export const CurrentAccount = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => identityFor('@CurrentAccount()', context)?.account,
);

function identityFor(decorator: string, context: ExecutionContext): Identity | undefined {
  const scope = currentScope();
  if (scope?.isPublic === true) {
    const route = `${context.getClass().name}.${context.getHandler().name}`;
    warnings.warn(
      `${decorator} ${route}`,
      `${decorator} of ${route} is undefined: the route is @Public(), and tokens are not read there. Write @OptionalAuth() to know callers that send one.`,
    );
  }
  return scope?.identity;
}
