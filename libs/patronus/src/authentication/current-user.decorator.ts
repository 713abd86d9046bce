import { createParamDecorator } from '@nestjs/common';
import { currentScope } from '../identity/request-scope.js';

/**
 * The {@link Identity} of the caller, or undefined where there is none (`@Public()`, `@OptionalAuth()`).
 *
 * @example
 * me(@CurrentUser() user: Identity) { return user.email; }
 * profile(@CurrentUser() { account }: Identity<User>) { return account.toDto(); }
 */
export const CurrentUser = createParamDecorator(() => currentScope()?.identity);

/**
 * The account of the caller, as the application's {@link AccountSource} found it, or undefined where
 * there is none.
 *
 * @example
 * profile(@CurrentAccount() user: User) { return user.toDto(); }
 */
export const CurrentAccount = createParamDecorator(() => currentScope()?.identity?.account);
